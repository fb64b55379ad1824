import { describe, expect, it } from 'vitest';
import type { ListenerAnswer } from './listener-answer.js';
import { listenerOutcome } from './listener-outcome.js';

const json = Buffer.from('{"success":true}');
const answered = (status: number): ListenerAnswer => ({ kind: 'answered', status, headers: {} });

describe('an answer of a listener', () => {
  it.each<[string, ListenerAnswer, Buffer, object]>([
    [
      'JSON is delivered',
      answered(200),
      json,
      { kind: 'delivered', status: 200, json: { value: { success: true } } },
    ],
    [
      'anything else is invalid',
      answered(200),
      Buffer.from('<p>'),
      { kind: 'invalid_response', status: 200 },
    ],
    ['an error status is one', answered(500), json, { kind: 'http_error', status: 500 }],
    [
      'more than 1 MiB is too large',
      answered(200),
      Buffer.alloc(1024 * 1024 + 1),
      { kind: 'response_too_large' },
    ],
    [
      'too long for it',
      { kind: 'too_large', status: 200 },
      json,
      { kind: 'response_too_large', status: 200 },
    ],
    [
      'late for it',
      { kind: 'failed', code: 'TIMEOUT', message: 'late' },
      json,
      { kind: 'timeout', message: 'late' },
    ],
    [
      'refused on its machine',
      { kind: 'failed', code: 'ECONNREFUSED', message: 'nobody' },
      json,
      { kind: 'network', code: 'ECONNREFUSED', message: 'listener: nobody' },
    ],
  ])('%s', async (_, answer, body, expected) => {
    const settings = { keepBytes: 1024 * 1024, expectJson: true, now: new Date(0) };
    expect(await listenerOutcome({ answer, body }, settings)).toMatchObject(expected);
  });
});
