/**
 * This package: `pulumi up` and `pulumi destroy` as a person types them, so each with its preview, the check of the program's types
 * and the start of the engine and of the provider. Terraform's `apply` has its refresh and its plan in its time, too.
 */

import type { Engine } from "../../../scripts/engine";
import { ensureEngine } from "../../../scripts/engine";
import { manyStreams } from "../../limits/many-streams";
import { PulumiProject } from "../../pulumi/harness";
import { emulatorEnv } from "../../support/emulator-env";
import { installedVersion } from "../bench";
import type { Contender } from "./contest";

const deadlineMs = 900_000;

export const OURS = "pulumi-kinesis, with its preview";
export const TWENTY_AT_ONCE = "pulumi-kinesis, with its preview, --parallel 20";
export const WITHOUT_PREVIEW = "pulumi-kinesis, --skip-preview";
/** All of them, for what is to be aimed at and what must not fail. */
export const EACH_OF_OURS = [OURS, TWENTY_AT_ONCE, WITHOUT_PREVIEW];

/** What starts the program and the provider is part of what is timed, so it is named where it is ours and not Pulumi's. */
export const engineVersion = ({ version, standIn }: Pick<Engine, "version" | "standIn">): string =>
  standIn
    ? `engine ${version}, which lacks its own language host or launcher of dynamic providers: this repository's scripts/stand-ins in their place`
    : `engine ${version} with its own language host and launcher of dynamic providers`;

const contender = (name: string, how: string, args: readonly string[]): Contender => ({
  name,
  how,
  version: async () => `${engineVersion(await ensureEngine())}; @pulumi/pulumi ${installedVersion("@pulumi/pulumi")}`,
  async enter({ url, streams }) {
    const project = await PulumiProject.create({ program: manyStreams(0, 1), env: emulatorEnv(url), typeCheck: true });
    await project.init();
    const pulumi = async (command: "up" | "destroy") => {
      const { exitCode, output } = await project.run([command, "--yes", ...args], { deadlineMs });
      if (exitCode !== 0) throw new Error(output.slice(-2_000));
    };
    const up = async (streams: number, shards: number) => {
      await project.writeProgram(manyStreams(streams, shards));
      await pulumi("up");
    };
    return {
      works: {
        start: () => up(0, 1),
        create: () => up(streams, 1),
        again: () => up(streams, 1),
        reshard: () => up(streams, 3),
        destroy: () => pulumi("destroy"),
      },
      leave: () => project.dispose(),
    };
  },
});

export const pulumi = contender(
  OURS,
  "`pulumi up --yes` and `pulumi destroy --yes` of one program, each with its preview (which for a reshard reads AWS too) and the check of the program's types, as they are for users: as many resources at once as the engine takes by itself, which goes by the machine's cores",
  [],
);
/** What AWS's limits leave as the least is for what is done, not for looking at it before. */
export const pulumiWithoutPreview = contender(
  WITHOUT_PREVIEW,
  "`pulumi up --yes --skip-preview` and the same of `pulumi destroy`, with the check of the program's types",
  ["--skip-preview"],
);
/** As many as the scripts have: what is longer than a stream's own changes is the engine's choice otherwise. */
export const pulumiTwentyAtOnce = contender(TWENTY_AT_ONCE, "the same with twenty resources at once", [
  "--parallel",
  "20",
]);
