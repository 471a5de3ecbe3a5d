/**
 * One `pulumi up` each that creates, reshards 1 -> 3 and destroys 200 streams in an account with AWS's limits and lag, beside
 * the least that the limit of five writes a second leaves: 40, 80 and 40 seconds. Starting the engine and the program counts in.
 *
 *   npm run bench -- account [--quick]
 *
 * --quick does it with 40 streams. The engine does as many things at once as it does for a person on this machine.
 */
import { cpus, loadavg } from "node:os";
import { startEmulator } from "../../scripts/emulator";
import { asRows, FAST_KINESIS, lifeOfManyStreams, manyStreams } from "../limits/many-streams";
import { PulumiProject } from "../pulumi/harness";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";

const STREAMS = process.argv.includes("--quick") ? 40 : 200;
/** What we want to reach. */
const AIM = { ratio: 1.3, throttled: 0.01 };

const load = () => loadavg()[0]?.toFixed(1);
const aim = (what: string, met: boolean) => `${what} ${met ? "reached" : "missed"}`;

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${load()} before; ${STREAMS} streams\n`,
  );
  const emulator = await startEmulator(FAST_KINESIS);
  const proxy = await startCountingProxy(emulator.url);
  const program = manyStreams(STREAMS, 1);
  const project = await PulumiProject.create({ program, env: emulatorEnv(proxy.url) });
  try {
    await project.init();
    const figures = await lifeOfManyStreams(project, proxy, STREAMS);
    console.log("| run | wall s | floor s | ratio | calls | throttled | aims |\n|---|--:|--:|--:|--:|--:|---|");
    for (const { what, seconds, floorSeconds, ratio, calls, throttled } of asRows(figures)) {
      const ratioAim = aim(`at most ${AIM.ratio}`, ratio <= AIM.ratio);
      const throttledAim = aim("fewer than 1 in 100 throttled", throttled / calls < AIM.throttled);
      console.log(
        `| ${what} | ${seconds} | ${floorSeconds} | ${ratio} | ${calls} | ${throttled} | ${ratioAim}, ${throttledAim} |`,
      );
    }
    console.log(`\nload ${load()} after`);
  } finally {
    await project.dispose();
    await proxy.stop();
    await emulator.stop();
  }
}

void main();
