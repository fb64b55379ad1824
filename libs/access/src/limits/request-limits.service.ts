import { Injectable } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { RateLimitedError } from '../access.error.js';
import { LeasedPoints } from './leased-points.js';
import { LimitStore } from './limit-store.service.js';

/** How many requests a key may send, and how many an address may send without a valid key. */
@Injectable()
export class RequestLimits {
  private readonly requests: LeasedPoints | null;
  private readonly failures: LeasedPoints | null;
  private readonly signIns: LeasedPoints | null;

  constructor(
    private readonly config: Config,
    store: LimitStore,
  ) {
    const { rateLimitPerMinute, authFailuresPerMinute, signInFailuresPerMinute } = config.api;
    this.requests = leased(store, 'key', rateLimitPerMinute);
    this.failures = leased(store, 'address', authFailuresPerMinute);
    this.signIns = leased(store, 'sign-in', signInFailuresPerMinute);
  }

  /** Counts a request of a key. @throws RateLimitedError beyond the limit */
  async countRequest(keyId: string): Promise<void> {
    const refusal = (await this.requests?.spend(keyId)) ?? null;
    if (refusal === null) return;
    const { rateLimitPerMinute } = this.config.api;
    throw new RateLimitedError(`this key may send ${rateLimitPerMinute} requests per minute`, refusal);
  }

  /** Counts a request without a valid key. @throws RateLimitedError beyond the limit */
  async countFailure(address: string): Promise<void> {
    const refusal = (await this.failures?.spend(address)) ?? null;
    if (refusal === null) return;
    const { authFailuresPerMinute } = this.config.api;
    throw new RateLimitedError(
      `this address may send ${authFailuresPerMinute} requests per minute without a valid API key`,
      refusal,
    );
  }

  /** Counts a sign-in with a wrong key, for the address and for all. @throws RateLimitedError beyond a limit */
  async countSignInFailure(address: string): Promise<void> {
    await this.countFailure(address);
    const refusal = (await this.signIns?.spend('all')) ?? null;
    if (refusal !== null) throw new RateLimitedError('there were too many sign-ins with wrong keys', refusal);
  }
}

function leased(store: LimitStore, name: string, limit: number): LeasedPoints | null {
  if (limit === 0) return null;
  const shared = store.limit(name, limit);
  return new LeasedPoints(
    (key) => shared.lease(key),
    () => performance.now(),
  );
}
