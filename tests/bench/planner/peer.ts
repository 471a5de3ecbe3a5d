/**
 * What amazon-kinesis-scaling-utils does with a stream, in exact arithmetic: `scaleStream` in
 * https://github.com/awslabs/amazon-kinesis-scaling-utils/blob/ca53a7f8cb7f533726e64fde0df57356d7cc356d/src/main/java/com/amazonaws/services/kinesis/scaling/StreamScaler.java
 *
 * The open shards lie on a stack, the lowest on top, and every new shard shall have exactly 1/M of the key space. The lowest
 * shard is too large: split it, the upper part goes back. It is right: go on. It is too small: if it and the next are
 * together too large, split the next so that its lower part fits and merge that to the lowest; else merge the two and look
 * again. (The tool itself reckons in doubles and calls AWS between; neither changes the counts.)
 */
export function peerResize(cuts: readonly bigint[], wanted: number): { operations: number; peak: number } {
  const whole = cuts[cuts.length - 1] ?? 0n;
  let open = cuts.length - 1;
  let peak = open;
  let operations = 0;
  const split = () => {
    operations++;
    peak = Math.max(peak, ++open);
  };
  const merge = () => {
    operations++;
    open--;
  };

  let done = 0; // shards that have their 1/M
  let at = 1;
  let end = cuts[at]; // of the lowest shard on the stack
  while (end !== undefined) {
    const goal = (whole * BigInt(done + 1)) / BigInt(wanted);
    if (end > goal) {
      split();
      done++;
    } else if (end === goal) {
      done++;
      end = cuts[++at];
    } else {
      end = cuts[++at];
      if (end !== undefined && end > goal) {
        split();
        done++;
      }
      merge();
    }
  }
  return { operations, peak };
}
