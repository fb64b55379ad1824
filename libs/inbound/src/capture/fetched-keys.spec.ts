import { describe, expect, it } from 'vitest';
import type { Outcome, Timed, WebhookClient } from '@breakwater/webhook-client';
import type { NeedsKey } from '../verification/verification.js';
import { FetchedKeys } from './fetched-keys.service.js';

const needs = (path = 'a'): NeedsKey => ({
  kind: 'needs_key',
  url: `https://keys.example/${path}`,
  form: 'jwks',
  hosts: ['keys.example'],
});

/** A provider that answers by a script; the last answer is repeated. */
function keysOf(...answers: Partial<Outcome>[]) {
  const asked: string[] = [];
  const probe = async ({ url }: { url: string }): Promise<Outcome & Timed> => {
    asked.push(url);
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    return { durationMs: 1, ...answer } as Outcome & Timed;
  };
  return { keys: new FetchedKeys({ probe } as unknown as WebhookClient), asked };
}

const text = (body: string, truncated = false): Partial<Outcome> => ({
  kind: 'delivered',
  status: 200,
  response: { headers: {}, body: Buffer.from(body), truncated, bytesSeen: body.length },
});
const status = (code: number): Partial<Outcome> => ({ kind: 'http_error', status: code });

describe('the key of a provider', () => {
  it('is fetched once for all requests, also for those at the same time', async () => {
    const { keys, asked } = keysOf(text('one'), text('two'));
    const found = await Promise.all([keys.get(needs()), keys.get(needs())]);
    expect([...found, await keys.get(needs())]).toEqual(
      Array(3).fill(expect.objectContaining({ text: 'one' })),
    );
    expect(asked).toHaveLength(1);
  });

  it('is not fetched again at once because a signature does not fit it', async () => {
    const { keys, asked } = keysOf(text('one'));
    const found = await keys.get(needs());
    expect(await keys.get(needs(), found)).toBe(found);
    expect(asked).toHaveLength(1);
  });

  it('is absent where its host says so, or is not allowed', async () => {
    const { keys, asked } = keysOf(status(404));
    expect(await keys.get(needs())).toEqual({
      kind: 'absent',
      detail: 'The key at https://keys.example/a could not be fetched: 404.',
    });
    expect(await keys.get({ ...needs(), url: 'https://evil.example/a' })).toMatchObject({ kind: 'absent' });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['a timeout', { kind: 'timeout', message: 'late' } as const],
    ['a refused address', { kind: 'blocked', reason: 'address', message: 'private' } as const],
    ['a server error', status(503)],
    ['a text that is too long', text('x', true)],
  ])('is not known for a moment after %s', async (_, answer) => {
    const { keys, asked } = keysOf(answer);
    for (let times = 0; times < 3; times++)
      await expect(keys.get(needs())).rejects.toMatchObject({ code: 'CAPTURE_UNAVAILABLE', retryAfterS: 10 });
    expect(asked).toHaveLength(1);
  });

  it('is one of 100 that are remembered', async () => {
    const { keys, asked } = keysOf(text('one'));
    for (let n = 0; n <= 100; n++) await keys.get(needs(String(n)));
    await keys.get(needs('100'));
    expect(asked).toHaveLength(101);
    await keys.get(needs('0'));
    expect(asked).toHaveLength(102);
  });

  it('waits for nobody: ten are fetched at once, and no more', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const probe = async (): Promise<unknown> => {
      await gate;
      return { durationMs: 1, ...text('one') };
    };
    const keys = new FetchedKeys({ probe } as unknown as WebhookClient);
    const first = Array.from({ length: 10 }, (_, n) => keys.get(needs(String(n))));
    await expect(keys.get(needs('10'))).rejects.toMatchObject({
      code: 'CAPTURE_UNAVAILABLE',
      retryAfterS: 1,
    });
    release();
    expect(await Promise.all(first)).toHaveLength(10);
  });
});
