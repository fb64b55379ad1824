import { BreakwaterError } from '@breakwater/platform';
import { expect, it } from 'vitest';
import type { Outcome } from './outcome.js';
import { unwrap, WebhookResponseError, WebhookTimeoutError } from './webhook-outcome.error.js';

const response = { headers: {}, body: Buffer.alloc(0), truncated: false, bytesSeen: 0 };

it('a delivered outcome is returned as it is', () => {
  const outcome: Outcome = { kind: 'delivered', status: 200, response };
  expect(unwrap(outcome)).toBe(outcome);
});

it('a timeout is thrown as WebhookTimeoutError', () => {
  const outcome: Outcome = { kind: 'timeout', message: 'late' };
  expect(() => unwrap(outcome)).toThrowError(new WebhookTimeoutError(outcome));
  expect(new WebhookTimeoutError(outcome)).toMatchObject({
    code: 'WEBHOOK_TIMEOUT',
    message: 'late',
    outcome,
  });
});

it.each<[Outcome, string]>([
  [{ kind: 'http_error', status: 503, response, retryAfterMs: null }, 'the webhook answered 503'],
  [{ kind: 'blocked', reason: 'address', message: 'not public' }, 'not public'],
])('everything else is thrown as WebhookResponseError', (outcome, message) => {
  expect(() => unwrap(outcome)).toThrowError(message);
  try {
    unwrap(outcome);
  } catch (error) {
    expect(error).toBeInstanceOf(WebhookResponseError);
    expect(error).toBeInstanceOf(BreakwaterError);
    expect(error).toMatchObject({ code: 'WEBHOOK_RESPONSE', outcome });
  }
});
