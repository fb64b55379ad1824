import { describe, expect, it } from 'vitest';
import { receivedAnswer } from './listener-answer.js';

const body = Buffer.from('{}');
const answered = (headers: object = {}): object => ({ kind: 'answered', status: 200, headers });
const failed = (code: string, message: string): object => ({ kind: 'failed', code, message });
const many = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'a']));

describe('what a listener says', () => {
  it.each<[string, unknown, object]>([
    ['an answer', { status: 200, headers: {}, body }, answered()],
    ['an answer without headers and body', { status: 200 }, answered()],
    ['names of headers in any case', { status: 200, headers: { 'X-A': 'b' } }, answered({ 'x-a': 'b' })],
    ['values that are no text', { status: 200, headers: { a: ['b'], c: 1 } }, answered()],
    ['an unknown status', { status: 999 }, { kind: 'answered', status: 999, headers: {} }],
    ['an answer that it found too long', { status: 200, tooLarge: true }, { kind: 'too_large', status: 200 }],
    [
      'a body of more than 1 MiB',
      { status: 200, body: Buffer.alloc(1024 * 1024 + 1) },
      { kind: 'too_large', status: 200 },
    ],
    ['100 headers', { status: 200, headers: many(100) }, answered(many(100))],
    [
      '101 headers',
      { status: 200, headers: many(101) },
      failed('BAD_ANSWER', 'the listener’s answer has headers that are too many or too long'),
    ],
    [
      'headers of more than 16 KiB',
      { status: 200, headers: { a: 'b'.repeat(16_384) } },
      failed('BAD_ANSWER', 'the listener’s answer has headers that are too many or too long'),
    ],
    [
      'a body that is text',
      { status: 200, body: 'text' },
      failed('BAD_ANSWER', 'the listener’s answer has a body that is no bytes'),
    ],
    ['no status', { headers: {} }, failed('BAD_ANSWER', 'the listener answered without a status')],
    ['a status that is none', { status: 99 }, failed('BAD_ANSWER', 'the listener answered without a status')],
    ['half a status', { status: 200.5 }, failed('BAD_ANSWER', 'the listener answered without a status')],
    ['nothing', null, failed('BAD_ANSWER', 'the listener answered without a status')],
    ['a failure', { failed: { code: 'ECONNREFUSED', message: 'nobody' } }, failed('ECONNREFUSED', 'nobody')],
    ['a failure without a reason', { failed: null }, failed('UNKNOWN', 'the listener gave no reason')],
    [
      'a code that is none',
      { failed: { code: 'a b', message: 'x'.repeat(501) } },
      failed('UNKNOWN', 'x'.repeat(500)),
    ],
  ])('%s', (_, raw, expected) => expect(receivedAnswer(raw).answer).toEqual(expected));

  it('keeps the bytes of an answer', () => {
    expect(receivedAnswer({ status: 200, body }).body).toBe(body);
  });
});
