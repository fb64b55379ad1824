import { BreakwaterError } from '@breakwater/platform';
import type { BreakerKey } from './breaker.store.js';

export class BreakerNotFoundError extends BreakwaterError {
  readonly code = 'BREAKER_NOT_FOUND';
  constructor(key: BreakerKey) {
    super(
      `no circuit breaker of app "${key.appId}" and capability "${key.capability}" has seen a failure yet`,
    );
  }
}
