/** Questions and retries from one address; far above what a person can read. */
export const askingLimit = { config: { rateLimit: { max: 60, timeWindow: 60_000 } } };
