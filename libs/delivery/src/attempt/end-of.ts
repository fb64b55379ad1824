import type { Verdict } from '../retry/decide.js';
import type { Claim } from './claim.store.js';
import type { Finish } from './finish.store.js';

/** Identifies the claim that ends; the token fences it. */
export function identityOf(claim: Claim): Pick<Finish, 'deliveryId' | 'token' | 'endpointId'> {
  return { deliveryId: claim.deliveryId, token: claim.token, endpointId: claim.endpointId };
}

/** The end of a claim that follows from a verdict. @param error of the last attempt, null when it had none */
export function endOf(
  claim: Claim,
  verdict: Verdict,
  error: string | null,
): Omit<Finish, 'attempt' | 'timeoutMs' | 'maxAttempts'> {
  const common = { ...identityOf(claim), next: verdict.next, delayMs: null, dead: null };
  switch (verdict.next) {
    case 'done':
      return { ...common, status: 'completed' };
    case 'retry':
      return { ...common, status: 'pending', delayMs: verdict.delayMs };
    case 'again':
      return { ...common, status: 'pending', delayMs: 0 };
    case 'dead': {
      const { reason, errorClass } = verdict;
      return {
        ...common,
        status: 'dead_letter',
        dead: { reason, category: errorClass.category, error: error ?? '' },
      };
    }
  }
}
