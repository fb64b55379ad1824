import type { BreakerPolicy } from './circuit.js';

/** The operator's policy with the manifest's overrides. */
export function breakerPolicy(
  own: Partial<BreakerPolicy> | null,
  standard: Required<BreakerPolicy>,
): Required<BreakerPolicy> {
  return {
    failureThreshold: own?.failureThreshold ?? standard.failureThreshold,
    recoveryTimeoutMs: own?.recoveryTimeoutMs ?? standard.recoveryTimeoutMs,
    successThreshold: own?.successThreshold ?? standard.successThreshold,
    failureRate: own?.failureRate ?? standard.failureRate,
    slowCallRate: own?.slowCallRate ?? standard.slowCallRate,
    slowCallMs: own?.slowCallMs ?? standard.slowCallMs,
    windowMs: own?.windowMs ?? standard.windowMs,
    minCalls: own?.minCalls ?? standard.minCalls,
  };
}
