/**
 * A manifest, whether it is valid, and where the first problem of an invalid one is. The validator and the JSON Schema
 * are both tested with this list.
 */
export interface Case {
  title: string;
  document: unknown;
  /** `[pointer, rule]` of a problem that must be found; absent for a valid manifest. */
  problem?: [pointer: string, rule: string];
}

const base = {
  name: 'Quiz',
  ownerEmail: 'owner@example.com',
  baseUrl: 'https://quiz.example.com',
  webhooks: {},
};
const URL_TEXT = 'https://quiz.example.com/hook';

const good = (title: string, document: unknown): Case => ({ title, document });
const bad = (title: string, pointer: string, rule: string, document: unknown): Case => ({
  title,
  document,
  problem: [pointer, rule],
});
const app = (part: object): object => ({ ...base, ...part });
const without = (key: string): object =>
  Object.fromEntries(Object.entries(base).filter(([name]) => name !== key));
/** A manifest with one webhook, `quiz_answer`. */
const hook = (webhook: unknown): object => app({ webhooks: { quiz_answer: webhook } });
const withUrl = (part: object): object => hook({ url: URL_TEXT, ...part });
const named = (capability: string): object =>
  app({ webhooks: JSON.parse(`{${JSON.stringify(capability)}: "/hook"}`) });
const headers = (value: unknown): object => withUrl({ headers: value });

/** A manifest with one subscription, `ledger`. */
const listens = (part: object): object =>
  app({ subscriptions: { ledger: { url: URL_TEXT, events: ['order.*'], ...part } } });

const HOOK = '/webhooks/quiz_answer';
const LEDGER = '/subscriptions/ledger';

export const corpus: Case[] = [
  good('no webhooks', base),
  good('a webhook as text', hook(URL_TEXT)),
  good('a webhook as a path', hook('/hooks/answer?x=1')),
  good('a webhook as an object', withUrl({})),
  good('a plain http URL: the SSRF guard decides', hook('http://127.0.0.1:7001/hook')),
  good('a health path', app({ healthPath: '/status' })),
  good('health checks switched off', app({ health: false })),
  good('health checks switched on', app({ health: true })),
  good('a query in the base URL', app({ baseUrl: 'https://quiz.example.com/hooks?token=abc' })),
  good('an owner whose name is not ASCII', app({ ownerEmail: 'jürgen@example.com' })),
  good('an owner at a domain that is not ASCII', app({ ownerEmail: 'owner@bücher.example' })),
  good('an owner in another script', app({ ownerEmail: '用户@例子.广告' })),
  good('an owner with a tag', app({ ownerEmail: "o'neil+quiz@mail.example.com" })),
  good('an owner at a punycode domain', app({ ownerEmail: 'owner@xn--bcher-kva.example' })),
  good('a name of 255 characters outside the first plane', app({ name: '🚀'.repeat(255) })),
  good('timeout 1000', withUrl({ timeout: 1000 })),
  good('timeout 30000', withUrl({ timeout: 30000 })),
  good('async timeout 60000', withUrl({ async: true, timeout: 60000 })),
  good('a timeout written 2000.0', withUrl({ timeout: JSON.parse('2000.0') })),
  good(
    'every retry profile',
    app({
      webhooks: Object.fromEntries(
        ['standard', 'forward', 'endpoint', 'patient'].map((retry) => [
          retry,
          { url: '/a', async: true, retry },
        ]),
      ),
    }),
  ),
  good(
    'retry as an object',
    withUrl({
      async: true,
      retry: {
        profile: 'patient',
        maxAttempts: 10,
        initialDelayMs: 0,
        multiplier: 1.5,
        maxDelayMs: 86_400_000,
        jitter: 0,
      },
    }),
  ),
  good('an empty retry object', withUrl({ async: true, retry: {} })),
  good('a schedule', withUrl({ async: true, retry: { schedule: [5000, 300_000] } })),
  good('fallback as text', withUrl({ fallback: 'random_winner' })),
  good('fallback as an object', withUrl({ fallback: { strategy: 'queue' } })),
  good('a static fallback', withUrl({ fallback: { strategy: 'static', value: { a: [1, 'b', null] } } })),
  good('a static fallback of null', withUrl({ fallback: { strategy: 'static', value: null } })),
  good('last_success with an age', withUrl({ fallback: { strategy: 'last_success', maxAgeMs: 60_000 } })),
  good('a value that another strategy ignores', withUrl({ fallback: { strategy: 'none', value: 1 } })),
  good('all limits', withUrl({ async: true, rateLimitPerSecond: 10_000, concurrency: 1000, ordered: true })),
  good('headers', headers({ 'X-Api-Version': '2', authorization: 'Bearer x' })),
  good('no headers', headers({})),
  good(
    'breaker overrides',
    withUrl({
      circuitBreaker: {
        failureThreshold: 1,
        recoveryTimeoutMs: 100,
        successThreshold: 100,
        failureRate: 0,
        slowCallRate: 100,
        slowCallMs: 60_000,
        windowMs: 1000,
        minCalls: 100_000,
      },
    }),
  ),
  good('a capability of 100 characters', named('a'.repeat(100))),
  good(
    '500 capabilities',
    app({ webhooks: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`c${n}`, '/a'])) }),
  ),

  bad('nothing', '', 'type', null),
  bad('text', '', 'type', 'https://x.example'),
  bad('a list', '', 'type', [base]),
  bad('no name', '/name', 'required', without('name')),
  bad('no owner', '/ownerEmail', 'required', without('ownerEmail')),
  bad('no base URL', '/baseUrl', 'required', without('baseUrl')),
  bad('no webhooks key', '/webhooks', 'required', without('webhooks')),
  bad('an empty name', '/name', 'text', app({ name: '' })),
  bad('a blank name', '/name', 'text', app({ name: '  ' })),
  bad('a name of 256 characters', '/name', 'text', app({ name: 'x'.repeat(256) })),
  bad('a name with a line break', '/name', 'text', app({ name: 'a\r\nBcc: b@example.com' })),
  bad('a name with NUL', '/name', 'text', app({ name: 'a\u0000b' })),
  bad('a name with half a surrogate pair', '/name', 'text', app({ name: 'a\ud800' })),
  bad('a number for a name', '/name', 'text', app({ name: 7 })),
  bad('null for an optional key', '/healthPath', 'text', app({ healthPath: null })),
  ...[
    ['two dots in a row', 'a..b@example.com'],
    ['a blank', 'a b@example.com'],
    ['two addresses', 'a@example.com,b@example.com'],
    ['a name beside it', 'Ann <a@example.com>'],
    ['a turned reading direction', 'a\u202eb@example.com'],
    ['an invisible character', 'a\u200bb@example.com'],
    ['65 characters before the @', `${'a'.repeat(65)}@example.com`],
    ['255 characters', `a@${'a.'.repeat(125)}com`],
    ['a host without a dot', 'a@localhost'],
    ['an address for a host', 'a@127.0.0.1'],
    ['a hyphen at the end of a label', 'a@example-.com'],
  ].map(([title, ownerEmail]) =>
    bad(`an owner with ${title}`, '/ownerEmail', 'isEmail', app({ ownerEmail })),
  ),
  ...[
    ['a turned reading direction', 'Quiz \u202etxt.exe'],
    ['an isolated reading direction', 'Quiz \u2067night\u2069'],
    ['a reading direction mark', 'Quiz\u200f'],
    ['a control character of the second block', 'Quiz\u0085'],
    ['a line separator', 'Quiz\u2028Night'],
  ].map(([title, name]) => bad(`a name with ${title}`, '/name', 'text', app({ name }))),
  good('a name that is read from right to left', app({ name: 'חידון לילה' })),
  good('a name with joined characters', app({ name: 'می‌خواهم 👩‍👩‍👧' })),
  bad('health that is not a boolean', '/health', 'boolean', app({ health: 'false' })),
  bad('health that is null', '/health', 'boolean', app({ health: null })),
  bad('an owner without a domain', '/ownerEmail', 'isEmail', app({ ownerEmail: 'owner' })),
  bad(
    'an owner with a line break',
    '/ownerEmail',
    'isEmail',
    app({ ownerEmail: 'a@example.com\nBcc: b@example.com' }),
  ),
  bad('a base URL that is a path', '/baseUrl', 'text', app({ baseUrl: '/quiz' })),
  bad('a base URL that is a word', '/baseUrl', 'text', app({ baseUrl: 'nope' })),
  bad('a health path on another host', '/healthPath', 'text', app({ healthPath: '//evil.example/' })),
  bad('an absolute health path', '/healthPath', 'text', app({ healthPath: URL_TEXT })),
  bad('a version key', '/version', 'unknown_key', app({ version: 1 })),
  bad('webhooks as a list', '/webhooks', 'type', app({ webhooks: [URL_TEXT] })),
  bad(
    '501 capabilities',
    '/webhooks',
    'count',
    app({ webhooks: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`c${n}`, '/a'])) }),
  ),
  bad('an upper-case capability', '/webhooks/Quiz', 'capability', named('Quiz')),
  bad('an empty capability', '/webhooks/', 'capability', named('')),
  bad('a capability of 101 characters', `/webhooks/${'a'.repeat(101)}`, 'capability', named('a'.repeat(101))),
  bad('a capability with a slash', '/webhooks/a~1b~0', 'capability', named('a/b~')),
  bad('a capability __proto__', '/webhooks/__proto__', 'key', named('__proto__')),
  bad('a capability constructor', '/webhooks/constructor', 'capability', named('constructor')),
  bad('a capability prototype', '/webhooks/prototype', 'capability', named('prototype')),
  bad('a number for a webhook', HOOK, 'type', hook(1)),
  bad('null for a webhook', HOOK, 'type', hook(null)),
  bad('a webhook without a URL', `${HOOK}/url`, 'required', hook({ timeout: 2000 })),
  bad('an empty URL', `${HOOK}/url`, 'text', hook('')),
  bad('a word for a URL', `${HOOK}/url`, 'text', hook('nope')),
  bad('a URL with a space', `${HOOK}/url`, 'text', hook('https://quiz.example.com/a b')),
  bad('a URL without slashes', `${HOOK}/url`, 'text', hook('javascript:alert(1)')),
  bad('a URL of 2049 characters', `${HOOK}/url`, 'text', hook(`https://a.example/${'x'.repeat(2031)}`)),
  bad('a URL on whichever host', `${HOOK}/url`, 'text', hook('//evil.example/')),
  bad('timeout 999', `${HOOK}/timeout`, 'range', withUrl({ timeout: 999 })),
  bad('timeout 30001', `${HOOK}/timeout`, 'range', withUrl({ timeout: 30001 })),
  bad(
    'timeout 30001 with async false',
    `${HOOK}/timeout`,
    'range',
    withUrl({ async: false, timeout: 30001 }),
  ),
  bad('async timeout 60001', `${HOOK}/timeout`, 'range', withUrl({ async: true, timeout: 60001 })),
  bad('async timeout 999', `${HOOK}/timeout`, 'range', withUrl({ async: true, timeout: 999 })),
  bad('a fraction of a millisecond', `${HOOK}/timeout`, 'range', withUrl({ timeout: 2000.5 })),
  bad('a timeout as text', `${HOOK}/timeout`, 'range', withUrl({ timeout: '2000' })),
  bad('a timeout of null', `${HOOK}/timeout`, 'range', withUrl({ timeout: null })),
  bad('async as text', `${HOOK}/async`, 'boolean', withUrl({ async: 'true' })),
  bad('ordered as a number', `${HOOK}/ordered`, 'boolean', withUrl({ async: true, ordered: 1 })),
  bad('a misspelt key', `${HOOK}/timout`, 'unknown_key', withUrl({ timout: 2000 })),
  bad('an unknown retry profile', `${HOOK}/retry`, 'one_of', withUrl({ retry: 'standart' })),
  bad(
    'an unknown profile in an object',
    `${HOOK}/retry/profile`,
    'one_of',
    withUrl({ retry: { profile: 'x' } }),
  ),
  bad('a number for a profile', `${HOOK}/retry/profile`, 'one_of', withUrl({ retry: { profile: 1 } })),
  bad('a number for retry', `${HOOK}/retry`, 'type', withUrl({ retry: 3 })),
  bad('0 attempts', `${HOOK}/retry/maxAttempts`, 'range', withUrl({ retry: { maxAttempts: 0 } })),
  bad('11 attempts', `${HOOK}/retry/maxAttempts`, 'range', withUrl({ retry: { maxAttempts: 11 } })),
  bad('jitter over 1', `${HOOK}/retry/jitter`, 'number', withUrl({ retry: { jitter: 1.1 } })),
  bad(
    'a shrinking multiplier',
    `${HOOK}/retry/multiplier`,
    'number',
    withUrl({ retry: { multiplier: 0.5 } }),
  ),
  bad('an empty schedule', `${HOOK}/retry/schedule`, 'list', withUrl({ retry: { schedule: [] } })),
  bad(
    'a schedule of 10',
    `${HOOK}/retry/schedule`,
    'list',
    withUrl({ retry: { schedule: Array(10).fill(1) } }),
  ),
  bad('a schedule with text', `${HOOK}/retry/schedule`, 'list', withUrl({ retry: { schedule: ['5s'] } })),
  bad('an unknown retry key', `${HOOK}/retry/attempts`, 'unknown_key', withUrl({ retry: { attempts: 3 } })),
  bad('an unknown fallback', `${HOOK}/fallback`, 'one_of', withUrl({ fallback: 'randomwinner' })),
  bad('an unknown strategy', `${HOOK}/fallback/strategy`, 'one_of', withUrl({ fallback: { strategy: 'x' } })),
  bad(
    'a fallback without a strategy',
    `${HOOK}/fallback/strategy`,
    'required',
    withUrl({ fallback: { value: 1 } }),
  ),
  bad(
    'static as text, which has no value',
    `${HOOK}/fallback/value`,
    'required',
    withUrl({ fallback: 'static' }),
  ),
  bad(
    'static without a value',
    `${HOOK}/fallback/value`,
    'required',
    withUrl({ fallback: { strategy: 'static' } }),
  ),
  bad(
    'a static value with NUL',
    `${HOOK}/fallback/value/a/0`,
    'text',
    withUrl({ fallback: { strategy: 'static', value: { a: ['\u0000'] } } }),
  ),
  bad(
    'a static value with __proto__',
    `${HOOK}/fallback/value/__proto__`,
    'key',
    withUrl({ fallback: { strategy: 'static', value: JSON.parse('{"__proto__": 1}') } }),
  ),
  bad('a fallback of null', `${HOOK}/fallback`, 'type', withUrl({ fallback: null })),
  bad(
    'an age under a second',
    `${HOOK}/fallback/maxAgeMs`,
    'range',
    withUrl({ fallback: { strategy: 'last_success', maxAgeMs: 1 } }),
  ),
  bad('a rate of 0', `${HOOK}/rateLimitPerSecond`, 'range', withUrl({ rateLimitPerSecond: 0 })),
  bad('a rate of 10001', `${HOOK}/rateLimitPerSecond`, 'range', withUrl({ rateLimitPerSecond: 10_001 })),
  bad('a concurrency of 1001', `${HOOK}/concurrency`, 'range', withUrl({ concurrency: 1001 })),
  bad('headers as a list', `${HOOK}/headers`, 'type', headers(['a: b'])),
  bad('a header that is no token', `${HOOK}/headers/a b`, 'header_name', headers({ 'a b': 'x' })),
  bad(
    'a header of the connection',
    `${HOOK}/headers/Transfer-Encoding`,
    'header_name',
    headers({ 'Transfer-Encoding': 'x' }),
  ),
  bad('a header of ours', `${HOOK}/headers/Webhook-Id`, 'header_name', headers({ 'Webhook-Id': 'x' })),
  bad('a header with a line break', `${HOOK}/headers/x-a`, 'header_value', headers({ 'x-a': 'a\r\nb: c' })),
  bad('a number for a header', `${HOOK}/headers/x-a`, 'header_value', headers({ 'x-a': 1 })),
  bad(
    '21 headers',
    `${HOOK}/headers`,
    'header_count',
    headers(Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, 'a']))),
  ),
  bad('a header of 4 KiB', `${HOOK}/headers/x-a`, 'header_size', headers({ 'x-a': 'a'.repeat(4096) })),
  bad('breaker overrides as a number', `${HOOK}/circuitBreaker`, 'type', withUrl({ circuitBreaker: 5 })),
  bad(
    'a breaker that opens at 0',
    `${HOOK}/circuitBreaker/failureThreshold`,
    'range',
    withUrl({ circuitBreaker: { failureThreshold: 0 } }),
  ),
  ...(
    [
      ['failureRate', 101],
      ['failureRate', 12.5],
      ['slowCallRate', -1],
      ['slowCallMs', 0],
      ['windowMs', 999],
      ['minCalls', 0],
    ] as const
  ).map(([key, value]) =>
    bad(
      `a breaker's ${key} of ${value}`,
      `${HOOK}/circuitBreaker/${key}`,
      'range',
      withUrl({ circuitBreaker: { [key]: value } }),
    ),
  ),
  bad(
    'an unknown breaker key',
    `${HOOK}/circuitBreaker/threshold`,
    'unknown_key',
    withUrl({ circuitBreaker: { threshold: 5 } }),
  ),
  good('no subscriptions', app({ subscriptions: {} })),
  good('a subscription', listens({})),
  good(
    'a subscription with all it may have',
    listens({
      events: ['order.created', 'invoice.*', '*.deleted'],
      filter: { payload: { total: { $gte: 10 } } },
      description: 'Orders for the ledger',
      retry: { profile: 'patient', maxAttempts: 2 },
      rateLimitPerSecond: 5,
      concurrency: 3,
      headers: { 'x-team': 'a' },
      ordered: true,
      timeout: 60_000,
      signatures: ['v1', 'v1a'],
    }),
  ),
  good('a subscription that is signed with its secret only', listens({ signatures: ['v1'] })),
  bad('signatures as text', `${LEDGER}/signatures`, 'signatures', listens({ signatures: 'v1' })),
  bad('signatures without v1', `${LEDGER}/signatures`, 'signatures', listens({ signatures: ['v1a'] })),
  bad('unknown signatures', `${LEDGER}/signatures`, 'signatures', listens({ signatures: ['v1', 'v2'] })),
  bad('subscriptions as a list', '/subscriptions', 'type', app({ subscriptions: [] })),
  bad(
    'a subscription as text',
    '/subscriptions/ledger',
    'type',
    app({ subscriptions: { ledger: URL_TEXT } }),
  ),
  bad(
    'a subscription with another name',
    '/subscriptions/Ledger',
    'subscription_name',
    app({
      subscriptions: { Ledger: { url: URL_TEXT, events: ['a'] } },
    }),
  ),
  bad(
    'more than 500 subscriptions',
    '/subscriptions',
    'count',
    app({
      subscriptions: Object.fromEntries(
        Array.from({ length: 501 }, (_, n) => [`s${n}`, { url: URL_TEXT, events: ['a'] }]),
      ),
    }),
  ),
  bad('a subscription without events', `${LEDGER}/events`, 'required', listens({ events: undefined })),
  bad('a subscription to nothing', `${LEDGER}/events`, 'list', listens({ events: [] })),
  bad(
    'a subscription to half a name',
    `${LEDGER}/events/0`,
    'event_type',
    listens({ events: ['order.cr*'] }),
  ),
  bad('a subscription without a URL', `${LEDGER}/url`, 'required', listens({ url: undefined })),
  bad('a subscription whose URL is none', `${LEDGER}/url`, 'text', listens({ url: 'nope' })),
  bad('a filter as text', `${LEDGER}/filter`, 'type', listens({ filter: 'x' })),
  bad('a timeout of a minute and more', `${LEDGER}/timeout`, 'range', listens({ timeout: 60_001 })),
  bad('an unknown key of a subscription', `${LEDGER}/event`, 'unknown_key', listens({ event: 'a' })),
  bad('an unknown profile of a subscription', `${LEDGER}/retry`, 'one_of', listens({ retry: 'endpoints' })),
  bad(
    'a reserved header of a subscription',
    `${LEDGER}/headers/host`,
    'header_name',
    listens({ headers: { host: 'x' } }),
  ),
];
