/** This package: `pulumi up` and `pulumi destroy` of the real engine, each with its start and that of the provider. */

import { ensureEngine } from "../../../scripts/engine";
import { manyStreams } from "../../limits/many-streams";
import type { OperationResult } from "../../pulumi/harness";
import { PulumiProject } from "../../pulumi/harness";
import { emulatorEnv } from "../../support/emulator-env";
import { installedVersion } from "../bench";
import type { Contender } from "./contest";

const deadlineMs = 900_000;

export const OURS = "pulumi-kinesis";
export const TWENTY_AT_ONCE = "pulumi-kinesis, --parallel 20";

const contender = (name: string, how: string, args: readonly string[]): Contender => ({
  name,
  how,
  version: async () => `engine ${(await ensureEngine()).version}, @pulumi/pulumi ${installedVersion("@pulumi/pulumi")}`,
  async enter({ url, streams }) {
    const project = await PulumiProject.create({ program: manyStreams(0, 1), env: emulatorEnv(url) });
    await project.init();
    const mustSucceed = async (run: Promise<OperationResult>) => {
      const { exitCode, output } = await run;
      if (exitCode !== 0) throw new Error(output.slice(-2_000));
    };
    const up = async (streams: number, shards: number) => {
      await project.writeProgram(manyStreams(streams, shards));
      await mustSucceed(project.up({ deadlineMs, args }));
    };
    return {
      works: {
        start: () => up(0, 1),
        create: () => up(streams, 1),
        again: () => up(streams, 1),
        reshard: () => up(streams, 3),
        destroy: () => mustSucceed(project.destroy({ deadlineMs, args })),
      },
      leave: () => project.dispose(),
    };
  },
});

export const pulumi = contender(
  OURS,
  `\`pulumi up --skip-preview\` and \`pulumi destroy\` of one program, everything as it is for users: as many resources at once as the engine takes by itself, which goes by the machine's cores`,
  [],
);
/** As many as the scripts have: what is longer than a stream's own changes is the engine's choice otherwise. */
export const pulumiTwentyAtOnce = contender(TWENTY_AT_ONCE, "the same with twenty resources at once", [
  "--parallel",
  "20",
]);
