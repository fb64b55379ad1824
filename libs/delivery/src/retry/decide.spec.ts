import type { Outcome } from '@breakwater/webhook-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.js';
import { planRetries } from './retry-plan.js';

const standard = { maxAttempts: 3, initialDelayMs: 1000, multiplier: 2, maxDelayMs: 30_000, jitter: 0 };
const plan = planRetries(null, standard);
const patient = planRetries({ profile: 'patient' }, standard);
const response = { headers: {}, body: Buffer.alloc(0), truncated: false, bytesSeen: 0 };
const http = (status: number, retryAfterMs: number | null = null): Outcome => ({
  kind: 'http_error',
  status,
  response,
  retryAfterMs,
});
const network: Outcome = { kind: 'network', code: 'ECONNRESET', message: 'reset' };

describe('a verdict', () => {
  it.each<[string, Outcome, number, object]>([
    ['done when delivered', { kind: 'delivered', status: 200, response }, 1, { next: 'done' }],
    ['retry after the 1st failure', network, 1, { next: 'retry', delayMs: 1000 }],
    ['retry after the 2nd, later', network, 2, { next: 'retry', delayMs: 2000 }],
    ['dead after the last', network, 3, { next: 'dead', reason: 'exhausted' }],
    ['dead after one 400', http(400), 1, { next: 'dead', reason: 'non_retryable', disableEndpoint: false }],
    ['dead after one redirect', http(302), 1, { next: 'dead', reason: 'non_retryable' }],
    [
      'dead after a 410, and the endpoint is disabled',
      http(410),
      1,
      { next: 'dead', reason: 'non_retryable', disableEndpoint: true },
    ],
    ['retry after a 408', http(408), 1, { next: 'retry', delayMs: 1000 }],
    ['retry after a 425', http(425), 1, { next: 'retry', delayMs: 1000 }],
    ['retry after a 500', http(500), 1, { next: 'retry', delayMs: 1000 }],
    ['retry after a timeout', { kind: 'timeout', message: 'late' }, 1, { next: 'retry', delayMs: 1000 }],
    ['wait 60 s after a 429 without a time', http(429), 1, { next: 'retry', delayMs: 60_000 }],
    ['wait as long as a 429 says', http(429, 2000), 1, { next: 'retry', delayMs: 2000 }],
    ['wait at least as long as planned', http(429, 10), 1, { next: 'retry', delayMs: 1000 }],
    ['wait at most 300 s', http(503, 3_600_000), 1, { next: 'retry', delayMs: 300_000 }],
    ['wait as long as a 503 says', http(503, 7000), 1, { next: 'retry', delayMs: 7000 }],
    [
      'dead after a refused target',
      { kind: 'blocked', reason: 'address', message: 'no' },
      1,
      { next: 'dead', reason: 'non_retryable' },
    ],
    [
      'dead instead of unsigned',
      { kind: 'misconfigured', code: 'SECRET_DAMAGED', message: 'no' },
      1,
      { next: 'dead' },
    ],
    ['made again when we aborted it', { kind: 'aborted', message: 'stopping' }, 3, { next: 'again' }],
    ['made again when its result is unknown', { kind: 'unknown', message: 'lease' }, 3, { next: 'again' }],
  ])('%s', (_, outcome, attempts, expected) =>
    expect(decide(outcome, attempts, plan, 0)).toMatchObject(expected),
  );

  it.each<[string, Outcome, number]>([
    ['network: 5 retries', network, 6],
    ['5xx: 5 retries', http(503), 6],
    ['rate limit: 3 retries', http(429), 4],
  ])('is dead after as many attempts as its class allows (%s)', (_, outcome, attempts) => {
    const long = planRetries({ maxAttempts: 10 }, standard);
    expect(decide(outcome, attempts - 1, long, 0).next).toBe('retry');
    expect(decide(outcome, attempts, long, 0)).toMatchObject({ next: 'dead', reason: 'exhausted' });
  });

  it.each<[string, Outcome, number]>([
    ['network 2 s', network, 2000],
    ['5xx 5 s', http(500), 5000],
    ['rate limit 60 s', http(429), 60_000],
  ])('takes the delay of its class under `patient` (%s)', (_, outcome, delayMs) => {
    expect(decide(outcome, 1, patient, 0)).toMatchObject({ next: 'retry', delayMs });
  });

  it('ends every delivery: no outcome is retried beyond the budget', () => {
    const statuses = fc.integer({ min: 100, max: 999 }).filter((status) => status < 200 || status > 299);
    fc.assert(
      fc.property(
        statuses,
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (status, maxAttempts, random) => {
          const verdict = decide(http(status), maxAttempts, planRetries({ maxAttempts }, standard), random);
          expect(verdict.next).toBe('dead');
        },
      ),
    );
  });
});
