import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailsOf } from './check-details.js';
import { healthAfter, judgeCheck, type Health } from './health.js';
import { recoveredNotice, unhealthyNotice } from './health-notice.js';

const response = { headers: {}, body: Buffer.alloc(0), truncated: false, bytesSeen: 0 };
const unknown: Health = { status: 'unknown', failures: 0 };

describe('a health check', () => {
  it.each([
    ['any 2xx is healthy', { kind: 'delivered', status: 204, response }, 'well'],
    ['a redirect is unhealthy', { kind: 'http_error', status: 302, response, retryAfterMs: null }, 'ill'],
    ['no answer in time is unhealthy', { kind: 'timeout', message: 'too late' }, 'ill'],
    ['an unknown name is unhealthy', { kind: 'dns', code: 'ENOTFOUND', message: 'no such host' }, 'ill'],
    [
      'a URL that must not be called is unhealthy',
      { kind: 'blocked', reason: 'private', message: 'no' },
      'ill',
    ],
    [
      'an abort by a stopping worker says nothing about the app',
      { kind: 'aborted', message: 'stopping' },
      'unknown',
    ],
    [
      'our own fault says nothing about the app',
      { kind: 'misconfigured', code: 'X', message: 'ours' },
      'unknown',
    ],
  ] as const)('%s', (_, outcome, verdict) => expect(judgeCheck(outcome)).toBe(verdict));

  const answered = (body: string | Buffer) =>
    ({ kind: 'delivered', status: 200, response: { ...response, body: Buffer.from(body) } }) as const;

  it.each([
    ...['ok', 'pass', 'up', 'healthy', 'OK', 'Up', 'PASS'].map((word) => [word, 'well', null] as const),
    ...['degraded', 'warn', 'Degraded', 'WARN'].map((word) => [word, 'degraded', word] as const),
    ...['fail', 'down', 'unhealthy', 'DOWN', 'Fail'].map((word) => [word, 'ill', word] as const),
    ['starting', 'well', null],
    ['constructor', 'well', null],
  ] as const)('with the status "%s" in its answer is %s', (word, verdict, told) => {
    const outcome = answered(JSON.stringify({ status: word, checks: { status: 'down' } }));
    expect(judgeCheck(outcome)).toBe(verdict);
    expect(detailsOf({ ...outcome, durationMs: 1 }).error).toBe(
      told && `answered with HTTP 200 and the status "${told.toLowerCase()}"`,
    );
  });

  it.each([
    ['no JSON', 'status: down'],
    ['JSON that was cut off', '{"status":"down","details":"'],
    ['no object', '"down"'],
    ['null', 'null'],
    ['a list', '[{"status":"down"}]'],
    ['a status that is not a text', '{"status":{"status":"down"}}'],
    ['nothing', ''],
  ])('whose body is %s is healthy by its 2xx', (_, body) => expect(judgeCheck(answered(body))).toBe('well'));

  it('reads the status after a byte order mark', () => {
    expect(judgeCheck(answered('\ufeff{"status":"down"}'))).toBe('ill');
  });

  it('reads any body without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (body) => {
        expect(['well', 'degraded', 'ill']).toContain(judgeCheck(answered(body)));
      }),
    );
  });

  it('keeps its result, and nothing that the database cannot hold', () => {
    expect(detailsOf({ kind: 'delivered', status: 200, response, durationMs: 1 })).toEqual({
      outcome: 'delivered',
      httpStatus: 200,
      error: null,
    });
    expect(
      detailsOf({ kind: 'http_error', status: 503, response, retryAfterMs: null, durationMs: 1 }),
    ).toEqual({
      outcome: 'http_error',
      httpStatus: 503,
      error: 'answered with HTTP 503',
    });
    const { error } = detailsOf({
      kind: 'network',
      code: 'X',
      message: `a\0b\ud800${'c'.repeat(999)}`,
      durationMs: 1,
    });
    expect(error).toMatch(/^network: ab\ufffdc+$/);
    expect(error).toHaveLength(500);
  });
});

describe('the health of an app', () => {
  it.each([
    ['is degraded at the 1st failure', unknown, 'ill', 'degraded', 1, null],
    ['and at the 2nd', { status: 'degraded', failures: 1 }, 'ill', 'degraded', 2, null],
    [
      'unhealthy at the 3rd, with an alarm',
      { status: 'degraded', failures: 2 },
      'ill',
      'unhealthy',
      3,
      'unhealthy',
    ],
    [
      'and at each later one, without an alarm',
      { status: 'unhealthy', failures: 3 },
      'ill',
      'unhealthy',
      4,
      null,
    ],
    [
      'healthy after one success, with an all-clear',
      { status: 'unhealthy', failures: 9 },
      'well',
      'healthy',
      0,
      'recovered',
    ],
    [
      'without an all-clear if there was no alarm',
      { status: 'degraded', failures: 2 },
      'well',
      'healthy',
      0,
      null,
    ],
    ['and is known from its first check', unknown, 'well', 'healthy', 0, null],
    ['is degraded if its answer says so, without a failure', unknown, 'degraded', 'degraded', 0, null],
    ['and this ends an outage', { status: 'unhealthy', failures: 4 }, 'degraded', 'degraded', 0, 'recovered'],
  ] as const)('%s', (_, before, verdict, status, failures, tell) =>
    expect(healthAfter(before, verdict)).toEqual({ status, failures, tell }),
  );

  it('alternates alarm and all-clear: an alarm after three failures, an all-clear after an alarm', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('well' as const, 'degraded' as const, 'ill' as const)),
        (verdicts) => {
          let health: Health = unknown;
          let row = 0;
          let isAlarmed = false;
          for (const verdict of verdicts) {
            const { tell, ...next } = healthAfter(health, verdict);
            row = verdict === 'ill' ? row + 1 : 0;
            expect(tell === 'unhealthy').toBe(!isAlarmed && row === 3);
            expect(tell === 'recovered').toBe(isAlarmed && row === 0);
            isAlarmed = row >= 3;
            health = next;
          }
        },
      ),
    );
  });
});

describe('the notice of an outage', () => {
  const outage = {
    appId: 'quiz',
    appName: 'Quiz',
    url: 'https://quiz.example/health?key=secret',
    failingSince: new Date('2026-11-24T01:00:00Z'),
    checkedAt: new Date('2026-11-24T01:10:00Z'),
    failures: 3,
    error: 'answered with HTTP 503',
  };

  it('says what, since when, the numbers and what to do', () => {
    const notice = unhealthyNotice(outage);
    expect(notice).toMatchObject({
      kind: 'app_unhealthy',
      mood: 'problem',
      audience: 'owner_and_admins',
      title: 'Quiz is unhealthy',
      dedupeKey: `app_unhealthy:quiz:${outage.failingSince.getTime()}`,
    });
    expect(notice.facts).toContainEqual({ name: 'Failing since', value: '2026-11-24 01:00:00 UTC' });
    expect(notice.facts).toContainEqual({ name: 'Last error', value: 'answered with HTTP 503' });
    expect(notice.steps.length).toBeGreaterThan(0);
    expect(unhealthyNotice({ ...outage, error: null }).facts).toContainEqual({
      name: 'Last error',
      value: 'none',
    });
  });

  it('says when it is over, and how long it took', () => {
    const notice = recoveredNotice(outage);
    expect(notice).toMatchObject({ kind: 'app_recovered', mood: 'recovery' });
    expect(notice.summary).toContain('after 10 min');
    expect(recoveredNotice({ ...outage, error: null }).title).toBe('Quiz is healthy again');
    expect(notice.title).toBe('Quiz answers again, degraded');
    expect(notice.dedupeKey).not.toBe(unhealthyNotice(outage).dedupeKey);
  });

  it('contains no query of the URL: it may be a key', () => {
    expect(JSON.stringify([unhealthyNotice(outage), recoveredNotice(outage)])).not.toContain('secret');
  });
});
