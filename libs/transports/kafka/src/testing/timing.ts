/** Short enough for a test of what happens when a member dies; brokers take no session shorter than 6 s by default. */
export const testTiming = { sessionTimeoutMs: 6_000, heartbeatMs: 500, maxWaitMs: 200 };
