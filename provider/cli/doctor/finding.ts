/** What a check says. `unknown`: it could not be checked, and `found` says why. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "problem" | "unknown";
  readonly found: string;
  /** What to do; with every warning and problem. */
  readonly advice?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: "ok", found });
export const unknown = (check: string, found: string): Finding => ({ check, status: "unknown", found });
export const warning = (check: string, found: string, advice: string): Finding => ({
  check,
  status: "warning",
  found,
  advice,
});
export const problem = (check: string, found: string, advice: string): Finding => ({
  check,
  status: "problem",
  found,
  advice,
});
