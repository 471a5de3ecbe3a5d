/**
 * A network and a service on a bad day: what a counting proxy does with each call of a client, drawn from a seed. What becomes of
 * the nth call of an operation depends on the seed alone, so that a failure can be had again although no two runs look at their
 * streams equally often.
 */
import { createHash } from "node:crypto";
import type { CountingProxy, ErrorAnswer, Fault } from "./counting-proxy";
import { accountOf } from "./counting-proxy";

/** Of a hundred calls; the others are let through. */
const THROTTLED = 30;
const FAILED = 10;
const CUT = 5;
const SPOILT = 5;
const SLOW = 5;

/** How a call that nobody may make so often is refused: AWS has these codes for it, all with status 400. */
const THROTTLINGS: readonly ErrorAnswer[] = [
  { status: 400, code: "LimitExceededException", message: "Rate exceeded for account 000000000000." },
  { status: 400, code: "ProvisionedThroughputExceededException", message: "Rate exceeded for stream orders." },
  { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
  { status: 400, code: "RequestLimitExceeded", message: "Request limit exceeded." },
];
const FAILURES: readonly ErrorAnswer[] = [
  { status: 500, code: "InternalFailure", message: "The request processing has failed" },
  { status: 503, code: "ServiceUnavailableException", message: "The service is unavailable." },
  // A gateway in between.
  { status: 503, message: "<html>Service Unavailable</html>" },
];
const SPOILINGS = ["half", "announces more", "announces less"] as const;
const SLOW_MS = 100;

/** Troubles the calls of this account; answers how many calls met which trouble so far. */
export function trouble(proxy: CountingProxy, account: string, seed: number): Readonly<Record<Trouble, number>> {
  const calls = new Map<string, number>();
  const met: Record<Trouble, number> = { throttled: 0, failed: 0, cut: 0, spoilt: 0, slow: 0 };
  proxy.hook((call) => {
    if (accountOf(call) !== account) return undefined;
    const nth = (calls.get(call.target) ?? 0) + 1;
    calls.set(call.target, nth);
    const drawn = draw(seed, call.target, nth);
    if (drawn) met[drawn.trouble] += 1;
    return drawn?.fault;
  });
  return met;
}

type Trouble = "throttled" | "failed" | "cut" | "spoilt" | "slow";

function draw(seed: number, target: string, nth: number): { trouble: Trouble; fault: Fault } | undefined {
  const bytes = createHash("sha256").update(`${seed} ${target} ${nth}`).digest();
  const pick = <Item>(items: readonly Item[]): Item => items[bytes.readUInt32BE(4) % items.length] as Item;
  const isAfter = bytes.readUInt32BE(8) % 2 === 0;
  const drawn = bytes.readUInt32BE(0) % 100;
  const isBelow = upTo(drawn);
  if (isBelow(THROTTLED)) return { trouble: "throttled", fault: { fail: pick(THROTTLINGS) } };
  if (isBelow(FAILED)) {
    return { trouble: "failed", fault: isAfter ? { failAfter: pick(FAILURES) } : { fail: pick(FAILURES) } };
  }
  if (isBelow(CUT)) return { trouble: "cut", fault: { cut: isAfter ? "after" : "before" } };
  if (isBelow(SPOILT)) return { trouble: "spoilt", fault: { spoil: pick(SPOILINGS) } };
  if (isBelow(SLOW)) return { trouble: "slow", fault: isAfter ? { spoil: "trickles" } : { delayMs: SLOW_MS } };
  return undefined;
}

/** Whether `drawn` is in the next share of a hundred, and the next, … */
function upTo(drawn: number) {
  let from = 0;
  return (share: number) => {
    from += share;
    return drawn < from;
  };
}
