import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Scenario } from "./crashes";
import { Crashes } from "./crashes";

const isNew = ({ resource, before }: Scenario) => resource === "stream" && before === undefined;

/** The tests of these scenarios, killed before and after each call that `isInteresting`. */
export function expectRecovery(scenarios: readonly Scenario[], isInteresting: (target: string) => boolean): void {
  let crashes: Crashes;
  beforeAll(async () => {
    crashes = await Crashes.start();
  }, 60_000);
  afterAll(() => crashes.stop());

  test.each(scenarios)(
    "killed at any point of: $name; the next up ends as if it had never been",
    async (scenario) => {
      const [undisturbed, ...endings] = await crashes.endings(scenario, isInteresting);
      expect(undisturbed).toMatchObject({ error: undefined, writesOfNext: [] });
      const reshards = undisturbed.writes.filter((target) => /^(Split|Merge)/.test(target));
      if (scenario.operations !== undefined) expect(reshards).toHaveLength(scenario.operations);
      expect(endings.length).toBeGreaterThanOrEqual(2);
      for (const ending of endings) {
        const { kill, error } = ending;
        // Between create's last call and the save nothing tells the stream from somebody else's.
        if (isNew(scenario) && /^after RemoveTagsFromStream/.test(kill)) {
          if (scenario.after?.name === undefined)
            expect(ending).toMatchObject({ error: undefined, streams: { count: 2 } });
          else expect(error).toMatch(/stream orders exists already .* set adopt: true/);
        } else expect(ending).toEqual({ ...undisturbed, kill });
      }
    },
    1_200_000,
  );
}
