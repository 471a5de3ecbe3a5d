/** A provider that is killed before and after each write. `npm run test:soak` does so at each call of any kind. */
import { isWrite } from "../support/counting-proxy";
import { expectRecovery } from "./recovery";
import { SCENARIOS } from "./scenarios";

const QUICK = ["create", "tags changed"];

expectRecovery(
  SCENARIOS.filter(({ name }) => QUICK.includes(name)),
  isWrite,
);
