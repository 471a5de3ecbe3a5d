/** What the tests of interrupted creates have in common: a slow CreateStream, and ways to stop a create after it. */
import { afterEach, expect } from "@jest/globals";
import type { PulumiProject } from "./harness";
import { killRun } from "./killed-run";
import { useKinesis } from "./kinesis-project";

export const MARK = "pulumi-kinesis:creating";

export const program = (args: object) => `
import { Stream } from "pulumi-kinesis";
export const name = new Stream("orders", ${JSON.stringify(args)}).name;
`;

export function useInterruptedCreates() {
  const kinesis = useKinesis({ createMs: 1_000 });
  const streams = async () => (await kinesis.call<{ StreamNames: string[] }>("ListStreams", {})).StreamNames;

  afterEach(async () => {
    for (const StreamName of await streams()) {
      await kinesis.untilActive(StreamName);
      await kinesis.call("DeleteStream", { StreamName });
      await kinesis.untilGone(StreamName);
    }
  });

  return {
    kinesis,
    streams,
    /** Kills the engine when the emulator has done `target` and nobody has heard of it: its state knows no stream. */
    async killUp(project: PulumiProject, target: string): Promise<void> {
      await killRun(kinesis, project, target);
      const { resources = [] } = (await project.exportState()).deployment;
      expect(resources.some(({ id }) => id?.includes(":stream/"))).toBe(false);
    },
    /** For a create that has made its stream and fails at a setting of it. */
    denyRetention: () =>
      kinesis.proxy.hook(({ target }) =>
        target === "IncreaseStreamRetentionPeriod"
          ? { fail: { status: 400, code: "AccessDeniedException", message: "not you" } }
          : undefined,
      ),
  };
}
