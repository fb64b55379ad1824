export * from './circuit.js';
export { isSlow, type RatePolicy } from './rates.js';
export * from './breaker-admin.service.js';
export type { BreakerFilter, BreakerStatus, BreakerTransition } from './breaker-admin.store.js';
export * from './breaker-not-found.error.js';
export { BREAKER_CHANNEL, type BreakerKey } from './breaker.store.js';
export * from './call-gate.service.js';
export * from './circuit-breaker.module.js';
export {
  CircuitBreakers,
  type Admission,
  type BreakerMode,
  type CallResult,
} from './circuit-breakers.service.js';
