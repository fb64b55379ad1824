import { BreakwaterError } from '@breakwater/platform';
import type { BreakerKey } from './breaker.store.js';

export class BreakerNotFoundError extends BreakwaterError {
  readonly code = 'BREAKER_NOT_FOUND';
  constructor(key: BreakerKey) {
    super(`there is no circuit breaker: no app "${key.appId}" has a capability "${key.capability}"`);
  }
}
