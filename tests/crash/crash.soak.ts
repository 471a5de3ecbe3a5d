import { expectRecovery } from "./recovery";
import { SCENARIOS } from "./scenarios";

expectRecovery(SCENARIOS, () => true);
