/**
 * Whose limits are the same: everything in the process that calls for one account in one region shares one RateLimits.
 *
 * The account is the number that the credentials come with, else the one in the access key, else (keys from before 2019,
 * an emulator's) the key stands for it: two such keys of one account share nothing, since only another call could tell.
 * The region is known by AWS's own host names, private ones of a VPC included; any other name (an emulator, a name of
 * one's own for a VPC endpoint) stands for itself. What other processes use isn't known, only learned from throttling.
 */
import type { Credentials } from "./credentials";
import { isAwsHost } from "./endpoints";
import { ForgetfulMap } from "./forgetful-map";
import { RateLimits } from "./rate-limits";
import type { Clock } from "./waiting";

/** A process that assumes a role for each of its tenants sees many accounts. */
const SWEEP_FROM = 100;

/** One map for each clock, so that tests don't share the process's. */
const shared = new WeakMap<object, ForgetfulMap<RateLimits>>();

/**
 * The limits under `key` (`limitsKey`). `mine` are those that the caller has used until now: for the same key, they come
 * back if they were forgotten; for a new key of the same account, they are shared by both.
 */
export function sharedRateLimits(clock: Clock, key: string, mine?: RateLimits): RateLimits {
  let all = shared.get(clock);
  if (!all) {
    all = new ForgetfulMap(({ idle }) => idle, SWEEP_FROM);
    shared.set(clock, all);
  }
  let limits = all.get(key);
  if (!limits) {
    limits = mine ?? new RateLimits(clock);
    all.set(key, limits);
  }
  return limits;
}

export function limitsKey(endpoint: URL, region: string, credentials: Credentials): string {
  const where = isAwsHost(endpoint.hostname) ? region : endpoint.origin;
  return `${where} ${accountOf(credentials) ?? credentials.accessKeyId}`;
}

export const accountOf = ({ accountId, accessKeyId }: Credentials): string | undefined =>
  accountId ?? accountInKey(accessKeyId);

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Since 2019 access keys carry their account: AKIA or ASIA, then in base 32 a bit that is set, forty bits of the number,
 * and the rest. AWS doesn't document it. Read wrongly it would group calls otherwise than AWS does, no more.
 *
 * https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
 */
function accountInKey(accessKeyId: string): string | undefined {
  const [, digits] = /^A[KS]IA([Q-Z2-7][A-Z2-7]{8})[A-Z2-7]{7}$/.exec(accessKeyId) ?? [];
  if (!digits) return undefined;
  const bits = [...digits].reduce((sum, digit) => sum * 32 + BASE32.indexOf(digit), 0);
  return String(Math.floor(bits / 16) % 2 ** 40).padStart(12, "0");
}
