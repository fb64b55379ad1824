import { readFileSync } from 'node:fs';
import { configFrom } from '@breakwater/platform';
import { CHANNELS } from '@breakwater/notifications';
import { describe, expect, it } from 'vitest';
import { THRESHOLDS, REASON_CODES } from '../overall-health/overall-health.js';
import { ALERT_TYPES, TYPE_TRAITS } from './alert-rule.js';
import { RESOLVED_REASONS } from './next-case.js';

const guide = readFileSync(new URL('../../../../docs/guides/alerting.md', import.meta.url), 'utf8');
const rowOf = (first: string): string =>
  guide.split('\n').find((line) => line.startsWith(`| \`${first}\``)) ?? '';

describe('docs/guides/alerting.md', () => {
  it.each([...REASON_CODES])('says when %s is a reason, and what to do', (code) => {
    expect(
      rowOf(code)
        .split('|')
        .map((cell) => cell.trim())[4],
    ).toMatch(/\w/);
  });

  it.each<[string, (number | string)[]]>([
    [
      'SUCCESS_RATE_LOW',
      [THRESHOLDS.successRate.degraded, THRESHOLDS.successRate.unhealthy, THRESHOLDS.minCalls],
    ],
    ['DEAD_LETTERS_WAITING', [THRESHOLDS.deadLetters.degraded, THRESHOLDS.deadLetters.unhealthy]],
    ['QUEUE_DEEP', [THRESHOLDS.waiting.degraded, '10 000']],
    ['QUEUE_LATE', [THRESHOLDS.lateMs.degraded / 1000, THRESHOLDS.lateMs.unhealthy / 60_000]],
  ])('has the numbers of %s', (code, numbers) => {
    for (const number of numbers) expect(rowOf(code)).toContain(String(number));
  });

  it.each([...ALERT_TYPES])('says what to do about %s, and its range', (type) => {
    expect(rowOf(type)).not.toBe('');
    const { min, max } = TYPE_TRAITS[type];
    if (TYPE_TRAITS[type].sampled) expect(rowOf('threshold')).toContain(`${type} ${min}–${max}`);
    else expect(rowOf('threshold')).toContain(type);
  });

  it('names every channel and every way a case ends', () => {
    for (const word of [...CHANNELS, ...RESOLVED_REASONS]) expect(guide).toContain(`\`${word}\``);
  });

  it('has the current intervals', () => {
    const { monitoring } = configFrom({
      DATABASE_URL: 'postgresql://x@127.0.0.1/x',
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    });
    expect(monitoring).toMatchObject({
      healthCheckIntervalMs: 300_000,
      healthCheckTimeoutMs: 5000,
      alertCheckIntervalMs: 300_000,
    });
    expect(guide).toContain('`APP_HEALTH_CHECK_INTERVAL` (5 min)');
    expect(guide).toContain('`APP_HEALTH_CHECK_TIMEOUT` (5 s)');
    expect(guide).toContain('`ALERT_CHECK_INTERVAL` (5 min)');
  });
});
