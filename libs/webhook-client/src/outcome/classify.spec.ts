import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, countsAsFailure, ERROR_CLASSES } from './classify.js';
import type { ErrorClassName } from './classify.js';
import type { Outcome } from './outcome.js';

const response = { headers: {}, body: Buffer.alloc(0), truncated: false, bytesSeen: 0 };
const status = (code: number): Outcome => ({
  kind: 'http_error',
  status: code,
  response,
  retryAfterMs: null,
});
const failed = (kind: 'network' | 'tls' | 'dns' | 'protocol'): Outcome => ({ kind, code: 'X', message: '' });
const own = (code: string): Outcome => ({ kind: 'misconfigured', code, message: '' });
const tooLarge = (code: number): Outcome => ({ kind: 'response_too_large', status: code, message: '' });
const delivered: Outcome = { kind: 'delivered', status: 200, response };

describe('the error class and the breaker see', () => {
  const rows: [name: string, outcome: Outcome, expected: ErrorClassName | null, counts: boolean][] = [
    ['a delivery', delivered, null, false],
    ['a timeout', { kind: 'timeout', message: '' }, 'network', true],
    ['a network failure', failed('network'), 'network', true],
    ['a TLS failure', failed('tls'), 'network', true],
    ['a DNS failure', failed('dns'), 'network', true],
    ['a protocol failure', failed('protocol'), 'network', true],
    ['301', status(301), 'client_error', false],
    ['304', status(304), 'client_error', false],
    ['400', status(400), 'client_error', false],
    ['401', status(401), 'client_error', false],
    ['404', status(404), 'client_error', false],
    ['408', status(408), 'network', false],
    ['410', status(410), 'client_error', false],
    ['425', status(425), 'network', false],
    ['429', status(429), 'rate_limit', true],
    ['499', status(499), 'client_error', false],
    ['500', status(500), 'server_error', true],
    ['503', status(503), 'server_error', true],
    ['599', status(599), 'server_error', true],
    ['600', status(600), 'server_error', true],
    ['999', status(999), 'server_error', true],
    ['a 200 that is too large', tooLarge(200), 'validation', true],
    ['a 500 that is too large', tooLarge(500), 'server_error', true],
    ['a 404 that is too large', tooLarge(404), 'client_error', true],
    [
      'an unreadable answer',
      { kind: 'invalid_response', status: 200, response, message: '' },
      'validation',
      true,
    ],
    ['a refused target', { kind: 'blocked', reason: 'address', message: '' }, 'blocked', false],
    ['a hang-up', { kind: 'aborted', message: '' }, 'network', false],
    ['a lost lease', { kind: 'unknown', message: '' }, 'network', false],
    ['a damaged secret', own('SECRET_DAMAGED'), 'signature', false],
    ['a missing secret', own('SECRET_MISSING'), 'signature', false],
    ['a refused header', own('HEADER_REFUSED'), 'validation', false],
    ['too many origins', own('TOO_MANY_ORIGINS'), 'database', false],
  ];

  it.each(rows)('%s', (_, outcome, expected, counts) => {
    expect(classify(outcome)?.name ?? null).toBe(expected);
    expect(countsAsFailure(outcome)).toBe(counts);
  });
});

it.each([
  ['network', 'RETRYABLE', 5, 2000],
  ['rate_limit', 'RATE_LIMIT', 3, 60_000],
  ['server_error', 'RETRYABLE', 5, 5000],
  ['database', 'RETRYABLE', 3, 3000],
  ['client_error', 'NON_RETRYABLE', 0, 0],
  ['signature', 'NON_RETRYABLE', 0, 0],
  ['validation', 'VALIDATION', 0, 0],
  ['blocked', 'NON_RETRYABLE', 0, 0],
] as const)('%s is %s with %i retries from %i ms', (name, category, retries, baseDelayMs) => {
  expect(ERROR_CLASSES[name]).toEqual({ name, category, retries, baseDelayMs });
});

it('only 410 says that the endpoint is gone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 999 }), (code) => {
      expect(classify(status(code))?.gone ?? false).toBe(code === 410);
    }),
  );
  expect(classify(status(410))).toEqual({ ...ERROR_CLASSES.client_error, gone: true });
});

it('every status is retried exactly when it is 408, 425, 429 or 500 and above', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 999 }), (code) => {
      expect(classify(status(code))!.retries > 0).toBe([408, 425, 429].includes(code) || code >= 500);
    }),
  );
});
