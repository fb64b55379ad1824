import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import type { Answer, HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { bytesOf, contentType, escaped, headerText, spoilt, valueOf, wireText } from './hostile.js';
import { document, filled, routes, type Parameter, type Route } from './openapi.js';

/** FUZZ_SEED repeats a run, FUZZ_RUNS makes a longer one: requests per operation. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60);
/** For one operation: a slow machine makes fewer requests. */
const limitMs = numRuns * 100;

const CODES = new Set(
  [...readFileSync(join(root, 'docs/reference/errors.md'), 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(
    ([, code]) => code!,
  ),
);
const { schemas } = document.components;

let platform: Platform;
let api: Role;
let clients: HttpClient[];

beforeAll(async () => {
  const env = {
    API_AUTH_FAILURES_PER_MINUTE: '0',
    API_SIGN_IN_FAILURES_PER_MINUTE: '0',
    API_RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'warn',
  };
  platform = await Platform.start({ env });
  api = await platform.api();
  platform.receiver.on('/broken', { status: 503 });
});

afterAll(async () => platform?.stop());

const never = { circuitBreaker: { failureThreshold: 1000 } };
const FALLBACKS = ['random_winner', 'pending_approval', 'last_success', 'queue', 'none'];
const WEBHOOKS = {
  report: { async: true },
  answer: {},
  ...Object.fromEntries(FALLBACKS.map((fallback) => [fallback, { url: '/broken', fallback, ...never }])),
};
const CAPABILITIES = Object.keys(WEBHOOKS);

/** Creates again what hostile requests may have removed: the app, its key, things to read. */
async function furnish(): Promise<Record<string, string[]>> {
  const admin = platform.client(api);
  await platform.register(api, WEBHOOKS, 'mine');
  await admin.request('PATCH', '/api/v1/admin/apps/mine', { body: { status: 'active' } });
  clients = [admin, platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'mine' }))];
  const { deliveryId } = (await admin.invoke('mine', 'report')).json as { deliveryId: string };
  await admin.invoke('mine', 'pending_approval', {}, { context: { roomId: 'room' } });
  const github = { name: 'github', verification: { preset: 'github' } };
  await admin.post('/api/v1/apps/mine/sources', github);
  const first = async (list: string): Promise<string> =>
    ((await admin.get(`/api/v1/admin/${list}?limit=200`)).json.items.at(-1)?.id as string | undefined) ??
    'none';
  return {
    appId: ['mine'],
    capability: CAPABILITIES,
    id: [deliveryId, await first('approvals'), await first('notifications'), await first('dlq')],
    source: ['github'],
    target: ['main'],
    version: ['1', '2'],
  };
}

interface Attack {
  by: number;
  path: string;
  headers: Record<string, string>;
  /** Byte by byte, each as a character, so that a counterexample is readable. */
  body: string | undefined;
}

function attackOn({ path, parameters, body }: Route, known: Record<string, string[]>): Arbitrary<Attack> {
  const inPath = Object.fromEntries(
    parameters
      .filter((each) => each.in === 'path')
      .map(({ name }) => [name, oneOrTheOther(known[name] ?? ['x'], wireText)]),
  );
  const query = parameters.filter((each) => each.in === 'query').map(queryOf);
  const base = body && (documentFor(path) ?? valueOf(body, { schemas, values: known }));
  return fc.record({
    by: fc.nat({ max: 1 }),
    path: fc.tuple(fc.record(inPath), fc.tuple(...query), fc.option(wireText)).map(([values, pairs, odd]) => {
      const search = [...pairs.flat(), ...(odd === null ? [] : [`${odd}=${odd}`])].join('&');
      return `${filled(path, values)}${search && `?${search}`}`;
    }),
    headers: headersOf(parameters, base !== undefined),
    // Some bodies are sent where none is allowed.
    body: fc
      .option(base ? bytesOf(spoilt(base)) : bytesOf(fc.jsonValue()), { nil: undefined, freq: base ? 20 : 1 })
      .map((bytes) => bytes?.toString('latin1')),
  });
}

function oneOrTheOther(good: string[], bad: Arbitrary<string>): Arbitrary<string> {
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, bad);
}

function queryOf({ name, schema }: Parameter): Arbitrary<string[]> {
  const good = valueOf(schema, { schemas, values: {} }).map((value) => escaped(String(value)));
  const pair = fc.oneof({ weight: 2, arbitrary: good }, wireText).map((value) => `${name}=${value}`);
  const odd = fc.constantFrom(`${name}[]=1`, `${name}[a]=1`, name, `${name}.__proto__=1`);
  return fc.array(fc.oneof({ weight: 6, arbitrary: pair }, odd), { maxLength: 2 });
}

function headersOf(parameters: Parameter[], hasBody: boolean): Arbitrary<Record<string, string>> {
  const names = [
    'x-request-id',
    'accept',
    ...parameters.filter((each) => each.in === 'header').map(({ name }) => name),
  ];
  const odd = fc.record(Object.fromEntries(names.map((name) => [name, headerText])), { requiredKeys: [] });
  const type = hasBody ? contentType : fc.constant(undefined);
  return fc
    .tuple(odd, type)
    .map(([headers, given]) => ({ ...headers, ...(given === undefined ? {} : { 'content-type': given }) }));
}

/** Documents that the OpenAPI only describes as objects. */
function documentFor(path: string): Arbitrary<unknown> | undefined {
  if (path.includes('manifest')) return manifest();
  if (!path.endsWith('/invoke')) return undefined;
  const context = fc.constant({ roomId: 'room', participants: ['ann', 'bob'] });
  return fc.record({ payload: fc.jsonValue(), context });
}

function manifest(): Arbitrary<unknown> {
  const webhook = {
    url: '/answer',
    timeout: 2000,
    retry: { profile: 'patient', maxAttempts: 3, schedule: [1000, 2000] },
    fallback: { strategy: 'static', value: { a: [1, null] } },
    headers: { 'x-a': 'b' },
    ordered: true,
    concurrency: 3,
    rateLimitPerSecond: 5,
    circuitBreaker: { failureThreshold: 2, recoveryTimeoutMs: 500 },
  };
  return fc.constant({
    name: 'Quiz',
    ownerEmail: 'owner@example.com',
    baseUrl: platform.receiver.url,
    healthPath: '/h',
    webhooks: {
      answer: webhook,
      report: { url: '/report', async: true, retry: 'standard' },
      plain: '/plain',
    },
  });
}

async function expectProperAnswer({ method }: Route, { by, path, headers, body }: Attack): Promise<void> {
  const answer = await clients[by]!.request(method, path, {
    headers,
    body: body === undefined ? undefined : Buffer.from(body, 'latin1'),
  });
  const { status, text, json } = answer;
  if (status < 400) return;
  expect(mediaOf(answer), text).toBe('application/problem+json');
  expect(json, text).toMatchObject({ status, type: `urn:breakwater:error:${json.code}` });
  expect(CODES, text).toContain(json.code);
  // An app or the request may be at fault, never Breakwater.
  if (status >= 500) expect(['APP_UNAVAILABLE', 'APP_TIMEOUT'], text).toContain(json.code);
}

const mediaOf = ({ headers }: Answer): string => String(headers['content-type']).split(';')[0]!;

describe(`hostile requests, FUZZ_SEED=${seed}`, () => {
  it('get only codes of the catalogue', () => expect(CODES.size).toBeGreaterThan(30));

  it.each(routes.map((route) => [route.route, route] as const))(
    '%s answers each properly',
    async (_, route) => {
      const attack = attackOn(route, await furnish());
      const holds = fc.asyncProperty(attack, (each) => expectProperAnswer(route, each));
      await fc.assert(holds, { seed, numRuns, interruptAfterTimeLimit: limitMs });
    },
    Math.max(60_000, limitMs + 10_000),
  );

  it('left nothing in the log that a person must act on', () => {
    expect(api.log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    expect(api.isRunning).toBe(true);
  });
});
