import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Life } from "./life";
import { Lives } from "./life";

/** The seed of a failure, to have it again. */
const GIVEN_SEED = process.env.PULUMI_KINESIS_SEED;

let lives: Lives;
let undisturbed: Life;
beforeAll(async () => {
  lives = await Lives.start();
  undisturbed = await lives.live({ speed: 30 });
}, 120_000);
afterAll(() => lives.stop());

interface BadDays {
  readonly speed: number;
  /** So many at the same time, each in an account of its own and with faults of its own. */
  readonly lives: number;
  /** Of the first one; the others have the next ones. */
  readonly seed: number;
  /** Begins lives until so much time has passed, by the provider's clock. @default one after the other ends */
  readonly forMs?: number;
}

/** The test that lives full of faults end, `up` by `up`, as one without any; answers with what it counted, for a table. */
export function expectSameLife(name: string, days: BadDays): { readonly lived: readonly Life[] } {
  const lived: Life[] = [];
  test(name, async () => {
    expect(undisturbed.ups).toEqual(undisturbed.ups.map(() => 1));
    let seed = GIVEN_SEED === undefined ? days.seed : Number(GIVEN_SEED);
    const work = async () => {
      for (let ms = 0; ms === 0 || ms < (days.forMs ?? 0); ) {
        const ofThis = seed++;
        const life = await lives.live({ speed: days.speed, seed: ofThis }).catch((error: Error) => {
          throw new Error(`with PULUMI_KINESIS_SEED=${ofThis}: ${error.message}`, { cause: error });
        });
        const { views, writes } = life;
        const again = `PULUMI_KINESIS_SEED=${ofThis} has these faults again`;
        expect({ again, views, writes }).toEqual({ again, views: undisturbed.views, writes: undisturbed.writes });
        lived.push(life);
        ms += life.simulatedMs;
      }
    };
    await Promise.all(Array.from({ length: days.lives }, work));
  }, 3_600_000);
  return { lived };
}
