/** For a look that nothing depends on: who waits for a preview does not wait long for it. */
export const BRIEF_LOOK = { deadlineMs: 10_000, maxAttempts: 3 } as const;
/** For one at check that tells what a killed create has left: without it there would be a second one, so it is worth a wait. */
export const CHECK_LOOK = { deadlineMs: 60_000 } as const;
