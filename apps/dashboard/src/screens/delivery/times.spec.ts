import { describe, expect, it } from 'vitest';
import { phasesOf, stretchesOf, widthsOf } from './times.js';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 28, 12, 0, second)).toISOString();
const ms = (second: number): number => Date.parse(at(second));
const attempt = (number: number, second: number, durationMs: number | null, outcome = 'timeout') => ({
  number,
  startedAt: at(second),
  durationMs,
  outcome,
});

describe('the stretches of a delivery', () => {
  it('are its calls and the waits between them', () => {
    const lived = {
      createdAt: at(0),
      finishedAt: at(12),
      nextAttemptAt: null,
      status: 'completed',
      history: [attempt(2, 10, 2000, 'delivered'), attempt(1, 0, 3000)],
    };
    expect(stretchesOf(lived)).toEqual([
      { kind: 'attempt', fromMs: ms(0), toMs: ms(3), number: 1, state: 'timeout' },
      { kind: 'wait', fromMs: ms(3), toMs: ms(10), number: 1, state: 'over' },
      { kind: 'attempt', fromMs: ms(10), toMs: ms(12), number: 2, state: 'delivered' },
    ]);
  });
  it('end with the wait that lasts', () => {
    const lived = {
      createdAt: at(0),
      finishedAt: null,
      nextAttemptAt: at(9),
      status: 'pending',
      history: [],
    };
    expect(stretchesOf(lived)).toEqual([
      { kind: 'wait', fromMs: ms(0), toMs: ms(9), number: 0, state: 'lasts' },
    ]);
  });
  it('a call whose end is unknown has no length, and a long wait before the end is shown', () => {
    const lived = {
      createdAt: at(0),
      finishedAt: at(30),
      nextAttemptAt: null,
      status: 'cancelled',
      history: [attempt(1, 0, null, 'unknown')],
    };
    expect(stretchesOf(lived)).toEqual([
      { kind: 'attempt', fromMs: ms(0), toMs: ms(0), number: 1, state: 'unknown' },
      { kind: 'wait', fromMs: ms(0), toMs: ms(30), number: 1, state: 'over' },
    ]);
  });
});

describe('widths', () => {
  it('sum to 100, and a short call beside a long wait stays visible', () => {
    const widths = widthsOf([20, 60_000, 10]);
    expect(widths.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(1.5);
  });
  it('are equal where nothing took any time', () => {
    expect(widthsOf([0, 0])).toEqual([50, 50]);
    expect(widthsOf([])).toEqual([]);
  });
});

describe('the phases of a call', () => {
  it('are those that are known, in their order', () => {
    expect(phasesOf({ tlsMs: null, dnsMs: 1, bodyMs: 3, firstByteMs: 2 }, 6)).toEqual([
      { name: 'DNS', ms: 1 },
      { name: 'first byte', ms: 2 },
      { name: 'body', ms: 3 },
    ]);
  });
  it('are one where none is known', () => {
    expect(phasesOf(null, 6)).toEqual([{ name: 'call', ms: 6 }]);
    expect(phasesOf(undefined, null)).toEqual([]);
  });
});
