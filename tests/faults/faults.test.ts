/** A bad day in short. `npm run test:soak` has an hour of it, and some minutes at the real pace. */
import { expectSameLife } from "./same-life";

expectSameLife("on a bad day every up ends as on a good one", {
  speed: 30,
  lives: 1,
  seed: 1,
  phases: ["create", "every setting", "2 -> 5 shards", "destroy"],
});
