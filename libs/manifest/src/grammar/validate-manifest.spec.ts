import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointUrl } from './endpoint-url.js';
import type { Manifest } from './manifest.js';
import { validateManifest } from './validate-manifest.js';

const base = { name: 'Quiz', ownerEmail: 'owner@example.com', baseUrl: 'https://quiz.example.com/v1' };
const withHook = (webhook: unknown): object => ({ ...base, webhooks: { quiz_answer: webhook } });
const withUrl = (part: object): object => withHook({ url: '/hook', ...part });

function problemsOf(document: unknown, strategies?: string[]) {
  const verdict = validateManifest(document, strategies);
  return verdict.ok ? [] : verdict.problems;
}

function manifestOf(document: unknown): Manifest {
  const verdict = validateManifest(document);
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.problems));
  return verdict.manifest;
}

function warningsOf(document: unknown): string[] {
  const verdict = validateManifest(document);
  return verdict.ok
    ? verdict.warnings.map(({ pointer }) => pointer.replace('/webhooks/quiz_answer/', ''))
    : ['invalid'];
}

describe('a problem', () => {
  it('of a timeout names the field, the bounds and the value', () =>
    expect(problemsOf(withUrl({ timeout: 30001 }))).toEqual([
      {
        pointer: '/webhooks/quiz_answer/timeout',
        rule: 'range',
        message: 'timeout must be a whole number from 1000 to 30000 ms for a sync webhook',
        bounds: { min: 1000, max: 30000 },
        value: 30001,
      },
    ]));

  it('of an unknown key names the nearest known one, and not the value', () => {
    const [problem, ...rest] = problemsOf(withUrl({ headres: { authorization: 'secret' } }));
    expect(rest).toEqual([]);
    expect(problem!.message).toContain('did you mean "headers"?');
    expect(problem).not.toHaveProperty('value');
  });

  it('of an unknown strategy lists the known ones and the nearest', () =>
    expect(problemsOf(withUrl({ fallback: 'coin_flip' }), ['none', 'coin_flop'])).toEqual([
      expect.objectContaining({
        message: 'fallback strategy must be one of none, coin_flop, did you mean "coin_flop"?',
        bounds: { allowed: ['none', 'coin_flop'] },
      }),
    ]));

  it('never shows a header value', () => {
    const headers = { 'x-a': 'secret\n', host: 'secret', 'b c': 'secret', 'x-long': 'secret'.repeat(1000) };
    const problems = problemsOf(withUrl({ headers }));
    expect(problems).toHaveLength(4);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it('is reported together with all others', () =>
    expect(
      problemsOf({
        name: '',
        baseUrl: 'x',
        extra: 1,
        webhooks: { A: 1, b: { timeout: 1, retry: 'x', fallback: 'y' } },
      })
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(
      ['/name', '/ownerEmail', '/baseUrl', '/extra', '/webhooks/A', '/webhooks/A']
        .concat(['url', 'timeout', 'retry', 'fallback'].map((key) => `/webhooks/b/${key}`))
        .sort(),
    ));

  it.each([
    ['an IPv6 address cut short', 'https://[::1/'],
    ['a port of 99999', 'https://a.example:99999/'],
    ['an address of 999', 'https://999.999.999.999/'],
    ['a path that is too long once encoded', `/${'é'.repeat(500)}`],
  ])('of a URL that no parser accepts: %s', (_, url) =>
    expect(problemsOf(withHook(url))).toEqual([
      expect.objectContaining({ pointer: '/webhooks/quiz_answer/url', rule: 'url' }),
    ]),
  );

  it('of a base URL is not repeated for each path under it', () =>
    expect(problemsOf({ ...withHook('/a'), baseUrl: 'https://[::1/' }).map(({ pointer }) => pointer)).toEqual(
      ['/baseUrl'],
    ));

  it('of a health path that is too long once encoded', () =>
    expect(problemsOf({ ...withHook('/a'), healthPath: `/${'é'.repeat(500)}` })).toEqual([
      expect.objectContaining({ pointer: '/healthPath', rule: 'url' }),
    ]));

  it('of a manifest over 256 KiB', () =>
    expect(problemsOf(withUrl({ fallback: { strategy: 'static', value: 'x'.repeat(256 * 1024) } }))).toEqual([
      expect.objectContaining({ pointer: '', rule: 'size' }),
    ]));

  it('is the only result, whatever the document', () =>
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
        validateManifest(value);
        validateManifest(withHook(value));
        validateManifest(withUrl({ retry: value, fallback: value, headers: value, circuitBreaker: value }));
      }),
    ));
});

describe('a good manifest', () => {
  it('means the same as text and as an object', () =>
    expect(manifestOf(withHook('/hook'))).toEqual(manifestOf(withHook({ url: '/hook' }))));

  it('gets the defaults', () =>
    expect(manifestOf(withHook('/hook'))).toEqual({
      ...base,
      healthPath: '/health',
      health: true,
      webhooks: [
        {
          capability: 'quiz_answer',
          url: 'https://quiz.example.com/v1/hook',
          async: false,
          timeoutMs: null,
          retry: null,
          fallback: null,
          circuitBreaker: null,
          rateLimitPerSecond: null,
          concurrency: null,
          ordered: false,
          headers: {},
        },
      ],
      subscriptions: [],
    }));

  it('gives a subscription its defaults, and the profile of endpoints', () => {
    const subscriptions = { ledger: { url: '/events', events: ['order.*'] } };
    expect(manifestOf({ ...base, webhooks: {}, subscriptions }).subscriptions).toEqual([
      {
        name: 'ledger',
        url: 'https://quiz.example.com/v1/events',
        events: ['order.*'],
        filter: null,
        description: null,
        timeoutMs: null,
        retry: { profile: 'endpoint' },
        rateLimitPerSecond: null,
        concurrency: null,
        ordered: false,
        headers: {},
        signatures: null,
      },
    ]);
  });

  it('says of a subscription what will do nothing, and what its filter breaks', () => {
    const retry = { schedule: [1000], initialDelayMs: 5 };
    const ledger = { url: '/events', events: ['order.*'], retry };
    const document = (part: object) => ({
      ...base,
      webhooks: {},
      subscriptions: { ledger: { ...ledger, ...part } },
    });
    expect(validateManifest(document({}))).toMatchObject({
      ok: true,
      warnings: [{ pointer: '/subscriptions/ledger/retry/initialDelayMs', rule: 'no_effect' }],
    });
    expect(
      validateManifest(document({ filter: { payload: { total: { $gt: 'x' } }, sum: 1 } })),
    ).toMatchObject({
      ok: false,
      problems: [{ pointer: '/subscriptions/ledger/filter/sum', rule: 'unknown_key' }],
    });
  });

  it('may name a plug-in strategy', () =>
    expect(problemsOf(withUrl({ fallback: 'coin_flip' }), ['coin_flip'])).toEqual([]));

  it('keeps its values', () => {
    const retry = { profile: 'patient', maxAttempts: 4 };
    const circuitBreaker = { failureThreshold: 2 };
    const headers = { 'x-a': 'b' };
    const said = {
      async: true,
      timeout: 45_000,
      retry,
      circuitBreaker,
      headers,
      ordered: true,
      concurrency: 3,
    };
    expect(
      manifestOf(withUrl({ ...said, rateLimitPerSecond: 5, fallback: 'queue' })).webhooks[0],
    ).toMatchObject({
      async: true,
      timeoutMs: 45_000,
      retry,
      circuitBreaker,
      headers,
      ordered: true,
      concurrency: 3,
      rateLimitPerSecond: 5,
      fallback: { strategy: 'queue' },
    });
  });

  it('keeps the query of its base URL for each path under it, also for the health path', () => {
    const document = { ...withHook('/hook?x=1'), baseUrl: 'https://quiz.example.com/v1?token=abc' };
    const { baseUrl, healthPath, webhooks } = manifestOf(document);
    expect(webhooks[0]!.url).toBe('https://quiz.example.com/v1/hook?token=abc&x=1');
    expect(endpointUrl(baseUrl, healthPath)).toBe('https://quiz.example.com/v1/health?token=abc');
  });

  it('gets a warning for a health path that is not called', () => {
    const document = { ...withHook('/hook'), healthPath: '/status', health: false };
    expect(manifestOf(document).health).toBe(false);
    expect(warningsOf(document)).toEqual(['/healthPath']);
  });

  it.each([
    [
      'retry and limits on a sync webhook',
      { retry: 'standard', rateLimitPerSecond: 5, concurrency: 1, ordered: true },
      ['retry', 'rateLimitPerSecond', 'concurrency', 'ordered'],
    ],
    [
      'nothing where a sync webhook may be queued',
      { retry: 'standard', fallback: 'queue', ordered: true },
      [],
    ],
    ['a fallback on an async webhook', { async: true, fallback: 'none' }, ['fallback']],
    ['nothing on a plain one', { timeout: 2000 }, []],
    [
      'a value of another strategy',
      { fallback: { strategy: 'none', value: 1, maxAgeMs: 5000 } },
      ['fallback/value', 'fallback/maxAgeMs'],
    ],
    [
      'delays beside a schedule',
      { async: true, retry: { schedule: [1], initialDelayMs: 1, maxDelayMs: 1, multiplier: 2 } },
      ['retry/initialDelayMs', 'retry/multiplier', 'retry/maxDelayMs'],
    ],
    [
      'attempts that a schedule contradicts',
      { async: true, retry: { schedule: [1], maxAttempts: 3 } },
      ['retry/maxAttempts'],
    ],
    ['nothing where they agree', { async: true, retry: { schedule: [1], maxAttempts: 2 } }, []],
  ])('gets a warning for %s', (_, part, pointers) => expect(warningsOf(withUrl(part))).toEqual(pointers));
});
