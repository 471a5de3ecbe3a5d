/** Bad days at length: an hour by the provider's clock, and some minutes by the one on the wall. */
import type { Life } from "./life";
import { expectSameLife } from "./same-life";

expectSameLife(
  "through an hour of faults every up ends as without any",
  { speed: 60, lives: 4, seed: 1_000, forMs: 3_600_000 },
  report,
);

expectSameLife(
  "through some minutes of faults at the real pace every up ends as without any",
  { speed: 1, lives: 6, seed: 2_000, phases: ["create", "2 -> 5 shards", "destroy"] },
  report,
);

function report(lived: readonly Life[]): void {
  console.table(
    lived.map(({ seed, simulatedMs, calls, troubles, ups }) => ({
      seed,
      minutes: Math.round(simulatedMs / 60_000),
      calls,
      ...troubles,
      // For each phase.
      ups: ups.join(" "),
    })),
  );
  const times = new Map<string, number>();
  for (const error of lived.flatMap(({ errors }) => errors)) times.set(error, (times.get(error) ?? 0) + 1);
  for (const [error, count] of times) console.log(`${count} x ${error}`);
}
