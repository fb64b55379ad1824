import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { DeadReason } from '../retry/decide.js';
import type { Claim } from './claim.store.js';

/** Claims beyond the attempts a plan allows, before a delivery is taken for one that kills its workers. */
const SPARE_CLAIMS = 5;

export interface Obstacle {
  reason: DeadReason;
  error: string;
}

/** Why a claimed delivery must not be called at all; null when nothing stands in the way. */
export function obstacleTo(
  claim: Pick<Claim, 'claims'>,
  endpoint: Pick<ResolvedEndpoint, 'status' | 'capability'> | null,
  maxAttempts: number,
): Obstacle | null {
  if (claim.claims > maxAttempts + SPARE_CLAIMS) {
    return {
      reason: 'poison',
      error: `claimed ${claim.claims} times without an end: its workers died or lost it each time`,
    };
  }
  if (!endpoint) return { reason: 'non_retryable', error: 'its app was deleted' };
  if (endpoint.status === 'removed') {
    return {
      reason: 'non_retryable',
      error: `the manifest of its app no longer names "${endpoint.capability}"`,
    };
  }
  // Paused or disabled since the claim: the claim was right, and the next one waits.
  return null;
}
