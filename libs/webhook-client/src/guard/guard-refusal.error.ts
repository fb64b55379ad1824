import { BreakwaterError } from '@breakwater/platform';
import type { Refusal } from './refusal.js';

/** The guard refused an address during a connect. Becomes the outcome `blocked`; never leaves this library. */
export class GuardRefusalError extends BreakwaterError {
  readonly code = 'SSRF_BLOCKED';
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}
