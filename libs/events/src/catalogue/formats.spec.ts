import { describe, expect, it } from 'vitest';
import { FORMATS } from './formats.js';

const long = 'a'.repeat(1_000);

describe('a format', () => {
  it.each([
    ['date', '2028-02-29', '2026-02-29'],
    ['time', '10:00:00Z', '10:00'],
    ['date-time', '2026-11-28T01:00:00+01:00', '2026-11-28 01:00'],
    ['duration', 'P1DT12H', '12 hours'],
    ['email', 'a@example.com', 'a@'],
    ['hostname', 'example.com', '-example.com'],
    ['ipv4', '127.0.0.1', '127.0.0.256'],
    ['ipv6', '::1', ':::1'],
    ['uri', 'https://example.com/a', '/a'],
    ['uuid', '01a21fc1-bf1a-7000-b471-b2a9f54d1877', '01a21fc1'],
  ])('%s knows a right text and a wrong one', (name, right, wrong) => {
    expect([FORMATS[name]!(right), FORMATS[name]!(wrong)]).toEqual([true, false]);
  });

  it('is tried for each of them', () => expect(Object.keys(FORMATS)).toHaveLength(10));

  it('has no text of more than 1,000 characters', () => {
    expect(FORMATS['uri']!(`https://example.com/${long}`)).toBe(false);
    expect(FORMATS['email']!(`${long}@example.com`)).toBe(false);
  });
});
