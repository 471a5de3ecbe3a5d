/** A bad day in short. `npm run test:soak` has an hour of it, and some minutes at the real pace. */
import { expectSameLife } from "./same-life";

expectSameLife("on a bad day every up ends as on a good one", {
  speed: 30,
  lives: 1,
  // Of those in which AWS takes CreateStream, the first SplitShard and RegisterStreamConsumer, and the answer is lost.
  seed: 2331,
  phases: ["create", "every setting", "2 -> 5 shards", "destroy"],
});
