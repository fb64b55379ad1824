import { describe, expect, it } from 'vitest';
import { SaidLately } from './said-lately.js';

describe('log lines about the same trouble', () => {
  it.each([
    ['the first time', 0, true],
    ['again before its time', 9_999, false],
    ['again after its time', 10_000, true],
  ])('are due %s: %s', (_, nowMs, isDue) => {
    const said = new SaidLately(10_000);
    if (nowMs > 0) said.isDue('Redis is away', 0);
    expect(said.isDue('Redis is away', nowMs)).toBe(isDue);
  });

  it('are due at once when the trouble is a different one, also when two alternate', () => {
    const said = new SaidLately(10_000);
    const due = ['a', 'b', 'a', 'b', 'a'].map((text, nowMs) => said.isDue(text, nowMs));
    expect(due).toEqual([true, true, false, false, false]);
  });

  it('take limited memory: of more than 100 the oldest is forgotten', () => {
    const said = new SaidLately(10_000);
    for (let index = 0; index <= 100; index++) said.isDue(`text ${index}`, 0);
    expect(said.isDue('text 100', 1)).toBe(false);
    expect(said.isDue('text 0', 1)).toBe(true);
  });
});
