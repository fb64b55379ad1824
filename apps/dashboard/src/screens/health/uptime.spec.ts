import { describe, expect, it } from 'vitest';
import { dayTitle, dayTone, failedShare, uptimeSummary } from './uptime.js';

const day = (ok: number, failed: number) => ({ day: '2026-11-28', ok, failed });

describe('the strip of health checks', () => {
  it.each([
    [[], 'No checks yet'],
    [[day(0, 0)], 'No checks yet'],
    [[day(288, 0)], '100 % of 288 checks, none failed'],
    [[day(280, 8), day(288, 0)], '98.6 % of 576 checks, 1 day with failures'],
  ])('%j: %s', (days, text) => expect(uptimeSummary(days)).toBe(text));

  it.each([
    [day(0, 0), '2026-11-28: no checks', null, 'neutral'],
    [day(1, 0), '2026-11-28: all 1 check succeeded', 0, 'ok'],
    [day(3, 1), '2026-11-28: 1 of 4 checks failed', 0.25, 'warning'],
    [day(0, 4), '2026-11-28: 4 of 4 checks failed', 1, 'danger'],
  ] as const)('%j', (one, title, share, tone) => {
    expect([dayTitle(one), failedShare(one), dayTone(one)]).toEqual([title, share, tone]);
  });
});
