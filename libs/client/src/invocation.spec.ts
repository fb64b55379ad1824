import { describe, expect, it } from 'vitest';
import { invocationOf } from './invocation.js';

describe('the answer to a call of a capability', () => {
  it('is what the app said', () =>
    expect(invocationOf({ source: 'primary', data: { a: 1 }, requestId: 'r', durationMs: 7 })).toEqual({
      source: 'primary',
      data: { a: 1 },
      reason: null,
      error: null,
      strategy: null,
      ageMs: null,
      durationMs: 7,
      requestId: 'r',
    }));

  it('is what the fallback said, and why', () =>
    expect(
      invocationOf({
        source: 'fallback',
        data: null,
        reason: 'circuit_open',
        strategy: 'last_success',
        ageMs: 9,
        error: { code: 'X', message: 'no' },
        requestId: 'r',
        durationMs: 1,
      }),
    ).toMatchObject({
      source: 'fallback',
      reason: 'circuit_open',
      strategy: 'last_success',
      ageMs: 9,
      error: { code: 'X' },
    }));

  it('is that it was stored', () =>
    expect(invocationOf({ deliveryId: 'd', status: 'accepted', requestId: 'r', replayed: true })).toEqual({
      source: 'queued',
      data: null,
      reason: null,
      deliveryId: 'd',
      isReplayed: true,
      requestId: 'r',
    }));
});
