/** What a person reads before a stream that exists is taken over: every change of it. Pure. */
import { hasUnknown } from "./check-inputs";
import type { ObservedStream } from "./observe";
import { keepsBalance } from "./resharding";
import type { AnyStreamInputs, StreamInputs } from "./stream-inputs";
import { isProvisioned } from "./stream-inputs";
import { SETTING_ARGUMENTS, settingChanges, wantedSettings } from "./stream-settings";
import type { Tags } from "./tags";
import { planTagChanges } from "./tags";

/** `tags` are all tags of the stream; what it takes to get other shards is told by the plan. */
export function describeAdoption(inputs: AnyStreamInputs, stream: ObservedStream, tags: Tags): string {
  const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hasUnknown(value)));
  const lines = settingChanges(stream.settings, wantedSettings(known)).map(
    ({ argument, from, to }) => `${argument}: ${shown(from)} -> ${shown(to)}${losesRecords(argument, from, to)}`,
  );
  if (!hasUnknown(inputs.tags)) {
    const { set } = planTagChanges(tags, {}, inputs.tags ?? {});
    for (const [key, value] of Object.entries(set))
      lines.push(`tags[${shown(key)}]: ${shown(tags[key])} -> ${shown(value)}`);
  }
  for (const argument of [...SETTING_ARGUMENTS, "tags"]) {
    if (hasUnknown(inputs[argument]))
      lines.push(`${argument}: not known yet; it is told when it is, before the stream is taken over`);
  }
  if (isProvisioned(inputs)) lines.push(describeShards(inputs, stream));
  lines.push("what the program leaves out is left as it is");
  lines.push("where another resource of the stack had it, Pulumi shows its delete: the stream is not deleted");
  return [`${inputs.name}: will adopt the stream that exists as ${stream.arn}`, ...lines].join("\n  ");
}

function describeShards(inputs: StreamInputs, stream: ObservedStream): string {
  const count = stream.openShards.length;
  if (!adoptionReshards(inputs, stream)) return `shards: its ${count} are left as they are`;
  return `shards: ${count} -> ${inputs.shardCount}; the plan follows where that takes operations`;
}

/** Whether taking this stream over changes its shards. */
export function adoptionReshards(inputs: StreamInputs, stream: ObservedStream): boolean {
  return !keepsBalance(inputs) || stream.openShards.length !== inputs.shardCount;
}

const shown = (value: unknown) => (value === undefined ? "not set" : JSON.stringify(value));

function losesRecords(argument: string, from: unknown, to: unknown): string {
  return argument === "retentionPeriod" && Number(to) < Number(from)
    ? ", which drops records that are older, for good"
    : "";
}
