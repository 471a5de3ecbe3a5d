/** For a look that nothing depends on: who waits for a preview does not wait long for it. */
export const BRIEF_LOOK = { deadlineMs: 10_000, maxAttempts: 3 } as const;
