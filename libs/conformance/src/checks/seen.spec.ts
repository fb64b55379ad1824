import type { Outcome } from '@breakwater/webhook-client';
import { describe, expect, it } from 'vitest';
import { describeAll, describeSeen, seenOf } from './seen.js';

const response = (
  headers: Record<string, string> = {},
): { headers: Record<string, string>; body: Buffer; truncated: boolean; bytesSeen: number } => ({
  headers,
  body: Buffer.from('{}'),
  truncated: false,
  bytesSeen: 2,
});
const none = { contentType: null, retryAfter: null, location: null, isJson: false };

describe('what is seen of an outcome', () => {
  it.each<[Outcome, object]>([
    [
      { kind: 'delivered', status: 200, response: response({ 'content-type': 'text/plain' }) },
      { kind: 'answer', status: 200, bytes: 2, ...none, contentType: 'text/plain' },
    ],
    [
      { kind: 'delivered', status: 200, response: response(), json: { value: {}, bytes: Buffer.from('{}') } },
      { kind: 'answer', status: 200, bytes: 2, ...none, isJson: true },
    ],
    [
      { kind: 'http_error', status: 429, response: response({ 'retry-after': '7' }), retryAfterMs: 7_000 },
      { kind: 'answer', status: 429, bytes: 2, ...none, retryAfter: '7' },
    ],
    [
      {
        kind: 'http_error',
        status: 302,
        response: response({ location: `/${'x'.repeat(500)}` }),
        retryAfterMs: null,
      },
      { kind: 'answer', status: 302, bytes: 2, ...none, location: `/${'x'.repeat(119)}…` },
    ],
    [
      { kind: 'invalid_response', status: 200, response: response(), message: 'no JSON' },
      { kind: 'answer', status: 200, bytes: 2, ...none },
    ],
    [
      { kind: 'response_too_large', status: 200, message: 'too large' },
      { kind: 'no answer', outcome: 'response_too_large', message: 'too large' },
    ],
    [
      { kind: 'dns', code: 'ENOTFOUND', message: 'no such \0 host' },
      { kind: 'no answer', outcome: 'dns', message: 'no such \uFFFD host' },
    ],
  ])('%o', (outcome, expected) => {
    expect(seenOf({ ...outcome, durationMs: 7.4 })).toEqual({ ...expected, durationMs: 7 });
  });
});

describe('the words for what is seen', () => {
  const ok = seenOf({ kind: 'delivered', status: 200, response: response(), durationMs: 1 });
  const late = seenOf({ kind: 'timeout', message: 'no answer in time', durationMs: 1 });

  it('name the status, or why there is none', () => {
    expect(describeSeen(ok)).toBe('HTTP 200');
    expect(describeSeen(late)).toBe('no answer: timeout, no answer in time');
  });

  it('count what is equal', () => {
    expect(describeAll([ok, late, ok])).toBe('2 times HTTP 200; no answer: timeout, no answer in time');
  });
});
