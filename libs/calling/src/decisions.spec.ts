import type { Outcome } from '@breakwater/webhook-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakerPolicy } from '@breakwater/circuit-breaker';
import { describeOutcome, isStrained } from './describe-outcome.js';
import { judge } from './judge.js';

const response = { headers: { a: 'b' }, body: Buffer.from('x'), truncated: false, bytesSeen: 1 };
const http = (status: number): Outcome => ({ kind: 'http_error', status, response, retryAfterMs: null });

describe('what is recorded of an outcome', () => {
  it.each<[Outcome, object]>([
    [
      { kind: 'delivered', status: 201, response },
      { httpStatus: 201, error: null, response },
    ],
    [http(503), { httpStatus: 503, error: 'http 503', response }],
    [
      { kind: 'invalid_response', status: 200, response, message: 'no JSON' },
      { httpStatus: 200, error: 'no JSON', response },
    ],
    [
      { kind: 'response_too_large', status: 200, message: 'too large' },
      { httpStatus: 200, error: 'too large', response: null },
    ],
    [
      { kind: 'network', code: 'ECONNRESET', message: 'reset' },
      { httpStatus: null, error: 'ECONNRESET: reset', response: null },
    ],
    [{ kind: 'tls', code: 'CERT', message: 'expired' }, { error: 'CERT: expired' }],
    [{ kind: 'dns', code: 'ENOTFOUND', message: 'no such host' }, { error: 'ENOTFOUND: no such host' }],
    [{ kind: 'protocol', code: 'HPE', message: 'bad' }, { error: 'HPE: bad' }],
    [{ kind: 'misconfigured', code: 'SECRET_DAMAGED', message: 'x' }, { error: 'SECRET_DAMAGED: x' }],
    [{ kind: 'blocked', reason: 'address', message: 'private' }, { error: 'address: private' }],
    [{ kind: 'timeout', message: 'late' }, { error: 'late' }],
    [{ kind: 'aborted', message: 'stopping' }, { error: 'stopping' }],
    [{ kind: 'unknown', message: 'lease' }, { error: 'lease' }],
  ])('%o', (outcome, expected) => {
    expect(describeOutcome(outcome)).toMatchObject({ outcome: outcome.kind, ...expected });
  });
});

describe('an endpoint is strained', () => {
  it.each<[Outcome, boolean]>([
    [{ kind: 'timeout', message: 'late' }, true],
    [http(429), true],
    [http(500), true],
    [http(599), true],
    [http(404), false],
    [{ kind: 'network', code: 'ECONNREFUSED', message: 'x' }, false],
    [{ kind: 'delivered', status: 200, response }, false],
  ])('%o: %s', (outcome, strained) => expect(isStrained(outcome)).toBe(strained));
});

describe('the breaker counts', () => {
  it.each<[Outcome, { judged: string; reason?: string }]>([
    [{ kind: 'delivered', status: 200, response }, { judged: 'success' }],
    [http(404), { judged: 'success' }],
    [http(429), { judged: 'failure', reason: 'http 429' }],
    [http(500), { judged: 'failure', reason: 'http 500' }],
    [
      { kind: 'timeout', message: 'late' },
      { judged: 'failure', reason: 'late' },
    ],
    [{ kind: 'blocked', reason: 'address', message: 'x' }, { judged: 'ignored' }],
    [{ kind: 'misconfigured', code: 'X', message: 'x' }, { judged: 'ignored' }],
    [{ kind: 'aborted', message: 'x' }, { judged: 'ignored' }],
  ])('%o for %o', (outcome, result) =>
    expect(judge({ ...outcome, durationMs: 7 })).toEqual(
      result.judged === 'ignored' ? result : { ...result, durationMs: 7 },
    ),
  );
});

describe('a breaker’s policy', () => {
  const standard = {
    failureThreshold: 5,
    recoveryTimeoutMs: 60_000,
    successThreshold: 3,
    failureRate: 0,
    slowCallRate: 0,
    slowCallMs: 2_000,
    windowMs: 60_000,
    minCalls: 10,
  };

  it('is the operator’s where the manifest sets nothing', () =>
    expect(breakerPolicy(null, standard)).toEqual(standard));

  it('is the manifest’s where it sets something, and has every member', () => {
    const part = { nil: undefined, min: 1, max: 1000 } as const;
    const number = fc.option(fc.integer(part), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({
          failureThreshold: number,
          recoveryTimeoutMs: number,
          successThreshold: number,
          failureRate: number,
          slowCallRate: number,
          slowCallMs: number,
          windowMs: number,
          minCalls: number,
        }),
        (given) => {
          const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
          expect(breakerPolicy(own, standard)).toEqual({ ...standard, ...own });
        },
      ),
    );
  });
});
