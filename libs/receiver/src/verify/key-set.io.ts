import { keysOfSet, type VerifyKey } from './keys.js';

const FETCH_TIMEOUT_MS = 5000;
/** Without a `max-age`. */
const DEFAULT_MAX_AGE_S = 300;
/** A wrong signature must not cause a request each time. */
const REFETCH_EVERY_MS = 30_000;
/** While there are no keys yet. */
const FIRST_FETCH_EVERY_MS = 1000;
/** How long known keys are used while the address does not answer. */
const STALE_MAX_MS = 3_600_000;

export interface KeySetOptions {
  url: string;
  fetch: typeof fetch;
  now: () => number;
}

export interface KeySet {
  /**
   * The keys, from memory while they are fresh.
   * @param renew because no key fitted: asks again, at most once in 30 s
   * @throws Error when there are no keys and the address does not answer
   */
  keys(renew?: boolean): Promise<readonly VerifyKey[]>;
}

/** The keys of a JSON Web Key Set, fetched when needed and kept as long as its `Cache-Control` says. */
export function keySet({ url, fetch, now }: KeySetOptions): KeySet {
  let known: { keys: VerifyKey[]; fetchedAt: number; maxAgeMs: number } | null = null;
  let triedAt = -Infinity;
  let inProgress: Promise<void> | null = null;
  let failure: unknown;

  async function load(): Promise<void> {
    triedAt = now();
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), redirect: 'error' });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const keys = keysOfSet(await response.json());
    const maxAge = /\bmax-age=(\d{1,9})\b/.exec(response.headers.get('cache-control') ?? '')?.[1];
    known = { keys, fetchedAt: now(), maxAgeMs: Number(maxAge ?? DEFAULT_MAX_AGE_S) * 1000 };
  }

  return {
    async keys(renew = false) {
      const isFresh = known !== null && now() - known.fetchedAt <= known.maxAgeMs;
      const mayAsk = now() - triedAt >= (known ? REFETCH_EVERY_MS : FIRST_FETCH_EVERY_MS);
      if (inProgress || ((renew || !isFresh) && mayAsk)) {
        inProgress ??= load().finally(() => (inProgress = null));
        await inProgress.catch((error: unknown) => (failure = error));
      }
      if (known && now() - known.fetchedAt <= Math.max(STALE_MAX_MS, known.maxAgeMs)) return known.keys;
      throw failure;
    },
  };
}
