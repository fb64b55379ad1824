import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatExact,
  formatPercent,
  formatRelative,
  formatShare,
  plural,
} from './format.js';

describe('numbers and times on a screen', () => {
  it.each([
    [0, '0 ms'],
    [0.2, '< 1 ms'],
    [999, '999 ms'],
    [1000, '1 s'],
    [1234, '1.23 s'],
    [59_940, '59.9 s'],
    [60_000, '1 min'],
    [61_500, '1 min 1 s'],
    [3_660_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
  ])('a duration of %d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  const now = new Date('2026-11-28T12:00:00Z');
  it.each([
    ['2026-11-28T12:00:00.400Z', 'now'],
    ['2026-11-28T11:59:30Z', '30 s ago'],
    ['2026-11-28T12:00:42Z', 'in 42 s'],
    ['2026-11-28T11:01:00Z', '59 min ago'],
    ['2026-11-27T12:00:00Z', '24 h ago'],
    ['2026-11-25T12:00:00Z', '3 d ago'],
  ])('%s is %s', (at, text) => {
    expect(formatRelative(new Date(at), now)).toBe(text);
  });

  it('an exact time names its zone', () => {
    expect(formatExact(new Date('2026-11-28T07:39:47.120Z'), 'utc')).toBe('2026-11-28 07:39:47.120 UTC');
    expect(formatExact(new Date('2026-11-28T07:39:47.120Z'), 'local')).toMatch(
      /^2026-11-2[789] \d\d:\d\d:47\.120 [+-]\d\d:\d\d$/,
    );
  });

  it('a chart of days shows the day', () => {
    expect(formatClock(now, 'utc', true)).toBe('11-28 12:00');
    expect(formatClock(now, 'utc', false)).toBe('12:00');
  });

  it.each([
    [0, 0, '–'],
    [7, 9, '7 of 9'],
    [20, 20, '100 %'],
    [99_999, 100_000, '> 99.9 %'],
    [1, 100_000, '< 0.1 %'],
    [0, 100, '0 %'],
    [123, 1000, '12.3 %'],
  ])('%d of %d is %s', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });

  it('a share is rounded to one digit', () => expect(formatPercent(0.98765)).toBe('98.8 %'));

  it.each([
    [1234, '1,234'],
    [123_456, '123 k'],
    [999_999, '1 M'],
    [12_345_678, '12.3 M'],
  ])('%d is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('one thing is singular', () => {
    expect(plural(1, 'app')).toBe('1 app');
    expect(plural(0, 'app')).toBe('0 apps');
    expect(plural(2, 'delivery', 'deliveries')).toBe('2 deliveries');
  });

  it.each([
    [12, '12 B'],
    [1500, '1.5 kB'],
    [2_000_000, '2 MB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
