import { METHODS } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import { chunked, head, sendRaw } from '../support/raw-http.js';
import type { Role } from '../support/roles.js';
import { makeSource, type TestSource } from '../support/sources.js';

/** FUZZ_SEED repeats a run, FUZZ_RUNS makes a longer one. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60) * 5;
const APP = 'mine';

let platform: Platform;
let api: Role;
let sources: Record<string, TestSource>;

beforeAll(async () => {
  platform = await Platform.start();
  [api] = await Promise.all([platform.api(), platform.worker()]);
  await platform.register(api, {}, APP);
  const verified = { verification: { preset: 'github' }, secret: 'secret' };
  sources = {
    open: await makeSource(platform, api, {
      appId: APP,
      name: 'open',
      dedupeId: { header: 'x-id' },
      targets: { main: '/open' },
    }),
    parsed: await makeSource(platform, api, {
      appId: APP,
      name: 'parsed',
      dedupeId: { body: '/id' },
      targets: { main: '/parsed' },
    }),
    verified: await makeSource(platform, api, { appId: APP, name: 'verified', ...verified }),
    challenged: await makeSource(platform, api, {
      appId: APP,
      name: 'challenged',
      verification: { preset: 'dropbox' },
      secret: 'x',
    }),
  };
});

afterAll(async () => platform?.stop());

/** Bytes as characters. */
const latin = (min: number, max: number) => fc.integer({ min, max }).map((code) => String.fromCharCode(code));
const anything = latin(0, 0xff);
const visible = latin(0x21, 0x7e);
/** Node refuses control characters; other bytes beyond ASCII it takes. */
const rarely = fc.oneof(
  { weight: 60, arbitrary: visible },
  { weight: 6, arbitrary: latin(0x80, 0xff) },
  anything,
);
const TRAPS = [
  '/..',
  '%2e%2e/',
  '%00',
  '%zz',
  '%',
  '\\',
  '//',
  '?',
  '#',
  '%0d%0a',
  '__proto__',
  'constructor',
  '{"a":1}',
  '\u00c0\u00ae',
  '${jndi:ldap://x}',
  '%u002e',
];
const wire = (unit: fc.Arbitrary<string>, maxLength: number) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: unit }, fc.constantFrom(...TRAPS)), { maxLength })
    .map((pieces) => pieces.join(''));
const name = fc.oneof(
  fc.constantFrom(
    'x-id',
    'content-type',
    'content-encoding',
    'x-hub-signature-256',
    'traceparent',
    'x-request-id',
    'connection',
    'expect',
    'upgrade',
    '__proto__',
    'constructor',
    'breakwater-signature',
    'host',
    'forwarded',
    'te',
  ),
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/),
);
const header = fc.tuple(name, wire(rarely, 12));
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify({ id: value, challenge: value }))),
  fc.constant(Buffer.from('['.repeat(20_000) + ']'.repeat(20_000))),
  fc.constant(Buffer.from('{"id":"\\ud800","challenge":"\\u0000"}')),
);
const attack = fc.record({
  to: fc.constantFrom('open', 'parsed', 'verified', 'challenged'),
  method: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD') },
    fc.constantFrom(...METHODS),
  ),
  rest: wire(rarely, 12),
  query: fc.option(wire(rarely, 12)),
  version: fc.oneof({ weight: 12, arbitrary: fc.constantFrom('1.1', '1.0') }, fc.constantFrom('0.9', '2.0')),
  headers: fc.array(header, { maxLength: 4 }),
  body,
  framing: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('length', 'chunked') },
    fc.constantFrom('none', 'short', 'both'),
  ),
});

type Attack = typeof attack extends fc.Arbitrary<infer Value> ? Value : never;

function bytesOf({ to, method, rest, query, version, headers, body: sent, framing }: Attack): Buffer[] {
  const target = `${sources[to]!.path}/${rest}${query === null ? '' : `?${query}`}`;
  const lines = headers.map(([key, value]) => `${key}: ${value}`);
  const length = `Content-Length: ${framing === 'short' ? sent.length + 10 : sent.length}`;
  if (framing !== 'none' && framing !== 'chunked') lines.push(length);
  if (framing === 'chunked' || framing === 'both') lines.push('Transfer-Encoding: chunked');
  const start = head(`${method} ${target} HTTP/${version}`, 'Host: x', ...lines, 'Connection: close');
  return [start, framing === 'chunked' || framing === 'both' ? chunked(sent) : sent];
}

/** What the HTTP server answers to what it cannot read, and what a challenge or a request of a stranger gets. */
const EXPECTED = new Set([null, 200, 400, 401, 404, 408, 413, 417, 426, 429, 431, 505]);

describe(`hostile requests to sources, FUZZ_SEED=${seed}`, () => {
  it('make no 500, whatever they have', async () => {
    await fc.assert(
      fc.asyncProperty(attack, async (each) => {
        // Half of a body is never answered: its sender hangs up.
        const { status, text } = await sendRaw(
          api.url,
          bytesOf(each),
          each.framing === 'short' ? 300 : 20_000,
        ).catch(() => ({ status: null, text: '' }));
        expect(EXPECTED.has(status), text).toBe(true);
      }),
      { seed, numRuns, interruptAfterTimeLimit: 90_000 },
    );
  });

  it('are stored as they were acknowledged, and each delivery ends', async () => {
    const open = `SELECT 1 FROM deliveries WHERE status NOT IN ('completed', 'dead_letter') LIMIT 1`;
    await eventually(async () => (await platform.rows(open)).length === 0, {
      limitMs: 90_000,
      what: 'the end of all',
    });
    const [stored] = await platform.rows<{ captures: number; events: number }>(
      `SELECT (SELECT count(*)::int FROM captures WHERE result = 'accepted') AS captures,
         (SELECT count(*)::int FROM events) AS events`,
    );
    expect(stored!.captures).toBe(stored!.events);
    expect(stored!.captures).toBeGreaterThan(numRuns / 20);
  });

  it('leave only whole lines of JSON in the log, none that a person must act on, and no key', () => {
    for (const role of platform.roles) {
      const started = role.output.split(/^breakwater \w+ ready.*\n/m)[1]!;
      const lines = started.split('\n').filter(Boolean);
      for (const line of lines) expect(() => JSON.parse(line) as unknown, line).not.toThrow();
      for (const { key } of Object.values(sources)) expect(role.output.includes(key)).toBe(false);
      expect(role.isRunning).toBe(true);
    }
    expect(api.log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });
});
