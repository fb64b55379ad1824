import { describe, expect, it } from 'vitest';
import { progressOf } from './progress.js';

const startedAt = new Date('2026-11-28T00:00:00Z');
const after = (seconds: number): number => startedAt.getTime() + seconds * 1_000;
const running = {
  status: 'running',
  planned: 100,
  done: 20,
  perSecond: 10,
  startedAt,
  finishedAt: null,
} as const;

describe('the progress', () => {
  it('is unknown before the first result', () => {
    const unknown = { perSecondNow: null, estimatedEnd: null };
    expect(progressOf({ ...running, done: 0 }, after(1))).toEqual(unknown);
    expect(progressOf({ ...running, startedAt: null }, after(1))).toEqual(unknown);
  });

  it('is estimated from the rate so far', () =>
    expect(progressOf(running, after(4))).toEqual({ perSecondNow: 5, estimatedEnd: new Date(after(20)) }));

  it('is not faster than the rate of the request', () =>
    expect(progressOf(running, after(1))).toEqual({ perSecondNow: 20, estimatedEnd: new Date(after(9)) }));

  it('has no estimate when it has ended', () => {
    const ended = { ...running, status: 'completed', done: 100, finishedAt: new Date(after(10)) } as const;
    expect(progressOf(ended, after(1_000))).toEqual({ perSecondNow: 10, estimatedEnd: null });
  });
});
