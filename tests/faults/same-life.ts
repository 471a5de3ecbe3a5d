import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Day, Life } from "./life";
import { Lives } from "./life";

/** The seed of a failure, to have it again. */
const GIVEN_SEED = process.env.PULUMI_KINESIS_SEED;

interface BadDays extends Day {
  /** Of the first life; the others have the next ones. */
  readonly seed: number;
  /** So many at the same time, each in an account of its own and with faults of its own. */
  readonly lives: number;
  /** Begins lives until so much time has passed, by the provider's clock. @default one after the other ends */
  readonly forMs?: number;
}

/** The test that lives full of faults end, `up` by `up`, as one without any; `told` gets them. */
export function expectSameLife(name: string, days: BadDays, told: (lived: readonly Life[]) => void = () => {}): void {
  let lives: Lives;
  beforeAll(async () => {
    lives = await Lives.start();
  }, 60_000);
  afterAll(() => lives.stop());

  test(name, async () => {
    const undisturbed = await lives.live({ speed: 30, phases: days.phases });
    expect(undisturbed.errors).toEqual([]);
    const lived: Life[] = [];
    let next = GIVEN_SEED === undefined ? days.seed : Number(GIVEN_SEED);
    const work = async () => {
      for (let ms = 0; ms === 0 || ms < (days.forMs ?? 0); ) {
        const seed = next++;
        const again = `PULUMI_KINESIS_SEED=${seed} has these faults again`;
        const life = await lives.live({ ...days, seed }).catch((error: Error) => {
          throw new Error(`${error.message}\n${again}`, { cause: error });
        });
        const { views, writes } = life;
        expect({ again, views, writes }).toEqual({ again, views: undisturbed.views, writes: undisturbed.writes });
        expect(Object.entries(life.troubles).filter(([, times]) => times === 0)).toEqual([]);
        lived.push(life);
        ms += life.simulatedMs;
      }
    };
    // All of them to their end: what went on after the test would fail in its own way.
    const ends = await Promise.allSettled(Array.from({ length: days.lives }, work));
    told(lived);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }, 3_600_000);
}
