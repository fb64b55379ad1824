/** Calls that an endpoint gets at once in the check for parallel calls, at most. */
const AT_ONCE_MAX = 5;

export interface Limits {
  concurrency: number;
  ordered: boolean;
  /** Null: no limit. */
  rateLimitPerSecond: number | null;
}

/** How many calls the endpoint may get at once; 1: it gets no more than one. */
export function atOnceOf({ concurrency, ordered, rateLimitPerSecond }: Limits): number {
  return ordered ? 1 : Math.min(AT_ONCE_MAX, concurrency, rateLimitPerSecond ?? AT_ONCE_MAX);
}

/** Shortest time between the starts of two calls, ms: the rate limit of the endpoint also limits its checks. */
export function gapMsOf({ rateLimitPerSecond }: Limits): number {
  return rateLimitPerSecond === null ? 0 : Math.ceil(1_000 / rateLimitPerSecond);
}
