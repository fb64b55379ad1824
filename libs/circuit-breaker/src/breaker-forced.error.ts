import { BreakwaterError } from '@breakwater/platform';
import type { BreakerKey } from './breaker.store.js';

export class BreakerForcedError extends BreakwaterError {
  readonly code = 'BREAKER_FORCED';
  constructor({ appId, capability }: BreakerKey, state: string) {
    super(
      `the circuit breaker of "${appId}" and "${capability}" was forced ${state}, so it cannot be reset; make it automatic first`,
    );
  }
}
