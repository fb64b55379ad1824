import type { BreakerPolicy } from '@breakwater/circuit-breaker';

/** The operator's policy with what the manifest overrides (row C1). */
export function breakerPolicy(own: Partial<BreakerPolicy> | null, standard: BreakerPolicy): BreakerPolicy {
  return {
    failureThreshold: own?.failureThreshold ?? standard.failureThreshold,
    recoveryTimeoutMs: own?.recoveryTimeoutMs ?? standard.recoveryTimeoutMs,
    successThreshold: own?.successThreshold ?? standard.successThreshold,
  };
}
