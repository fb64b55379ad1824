import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { DeadReason } from '../retry/decide.js';
import type { Claim } from './claim.store.js';

/** Claims beyond the attempts of the plan before a delivery counts as one that kills its workers. */
const SPARE_CLAIMS = 5;

export interface Obstacle {
  reason: DeadReason;
  error: string;
}

/** The reason why a claimed delivery must not be called; null when there is none. */
export function obstacleTo(
  claim: Pick<Claim, 'claims' | 'body'>,
  endpoint: Pick<ResolvedEndpoint, 'status' | 'capability' | 'kind'> | null,
  maxAttempts: number,
): Obstacle | null {
  if (claim.claims > maxAttempts + SPARE_CLAIMS) {
    return {
      reason: 'poison',
      error: `claimed ${claim.claims} times without an end: each time its worker died or lost it`,
    };
  }
  if (!endpoint) return { reason: 'non_retryable', error: 'its app was deleted' };
  if (endpoint.status === 'removed') {
    return {
      reason: 'non_retryable',
      error:
        endpoint.kind === 'subscription'
          ? 'its subscription was deleted'
          : `the manifest of its app no longer names "${endpoint.capability}"`,
    };
  }
  if (claim.body === null) return { reason: 'non_retryable', error: 'its event is no longer stored' };
  // A pause or disabling after the claim does not matter: this call is made, and the next delivery waits.
  return null;
}
