import { BreakwaterError } from '@breakwater/platform';
import type { Delivered, Outcome } from './outcome.js';

/** A call reached its total deadline. */
export class WebhookTimeoutError extends BreakwaterError {
  readonly code = 'WEBHOOK_TIMEOUT';
  constructor(readonly outcome: Extract<Outcome, { kind: 'timeout' }>) {
    super(outcome.message);
  }
}

/** A call had another outcome than a delivery; see `outcome`. */
export class WebhookResponseError extends BreakwaterError {
  readonly code = 'WEBHOOK_RESPONSE';
  constructor(readonly outcome: Exclude<Outcome, { kind: 'delivered' | 'timeout' }>) {
    super('message' in outcome ? outcome.message : `the webhook answered ${outcome.status}`);
  }
}

/**
 * For callers that want exceptions.
 * @throws WebhookTimeoutError, WebhookResponseError
 */
export function unwrap<T extends Outcome>(outcome: T): Extract<T, Delivered> {
  const seen: Outcome = outcome;
  if (seen.kind === 'timeout') throw new WebhookTimeoutError(seen);
  if (seen.kind !== 'delivered') throw new WebhookResponseError(seen);
  return outcome as Extract<T, Delivered>;
}
