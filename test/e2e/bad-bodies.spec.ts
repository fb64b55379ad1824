import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem, expectRefusal, type Refusal } from '../support/refusals.js';

const APP = 'quiz-app';
const INVOKE = `POST /api/v1/apps/${APP}/capabilities/quiz_answer/invoke`;
const REPORT = `/api/v1/apps/${APP}/capabilities/report/invoke`;
const MANIFEST = 'PUT /api/v1/admin/apps/never-stored/manifest';
const ROTATE = `POST /api/v1/admin/apps/${APP}/signing-secret/rotate`;
const MAINTAIN = 'POST /api/v1/admin/maintenance';
const VALIDATE = '/api/v1/admin/manifests/validate';

const manifest = (change: object = {}): object => ({
  name: 'Quiz',
  ownerEmail: 'owner@example.com',
  baseUrl: 'http://127.0.0.1:8080',
  webhooks: { quiz: { url: '/quiz' } },
  ...change,
});
const webhook = (change: object): object => manifest({ webhooks: { quiz: { url: '/quiz', ...change } } });
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const listOf = (length: number): number[] => Array.from({ length }, () => 0);
const withContext = (context: object): object => ({ payload: 1, context });
const inRoom = (roomId: string): object => withContext({ roomId });
const range = (max: number, value: number) => ({
  pointer: '/webhooks/quiz/timeout',
  bounds: { min: 1000, max },
  value,
});

let platform: Platform;
let admin: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  const api = await platform.api();
  admin = platform.client(api);
  await platform.register(api, { quiz_answer: {}, report: { async: true } }, APP);
});

afterAll(async () => platform?.stop());

const bodies: Refusal[] = [
  [
    'malformed JSON, and where it breaks',
    INVOKE,
    '{"payload":\n 1,}',
    'JSON_INVALID',
    {
      value: { line: 2, column: 4 },
      message: 'the body is no JSON: line 2, column 4 needs a name in double quotes, but has "}"',
    },
  ],
  ['an empty body', INVOKE, '', 'INPUT_INVALID', '/payload'],
  ['no body at all', INVOKE, undefined, 'INPUT_INVALID', '/payload'],
  ['bytes that are not UTF-8', INVOKE, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'JSON_INVALID'],
  ['a list instead of an object', INVOKE, [], 'INPUT_INVALID', { rule: 'type', pointer: '' }],
  ['null instead of an object', INVOKE, 'null', 'INPUT_INVALID', { rule: 'type', value: null }],
  ['null where the body is optional', ROTATE, 'null', 'INPUT_INVALID', { rule: 'type' }],
  ['a body where none is allowed', MAINTAIN, { dryRun: true }, 'INPUT_INVALID', { rule: 'not_taken' }],
  ['a list where no body is allowed', MAINTAIN, [1], 'INPUT_INVALID', { rule: 'not_taken' }],
  [
    'participants as a text',
    INVOKE,
    withContext({ participants: 'ann' }),
    'INPUT_INVALID',
    {
      pointer: '/context/participants',
      value: 'ann',
    },
  ],
  ['a room as a number', INVOKE, withContext({ roomId: 7 }), 'INPUT_INVALID', '/context/roomId'],
  ['a number instead of an object', INVOKE, '7', 'INPUT_INVALID'],
  ['a text instead of an object', INVOKE, '"x"', 'INPUT_INVALID'],
  ['__proto__', INVOKE, '{"payload":{"__proto__":{"x":1}}}', 'JSON_INVALID'],
  ['constructor.prototype', INVOKE, '{"payload":{"constructor":{"prototype":{}}}}', 'JSON_INVALID'],
  ['more than 1 MiB', INVOKE, { payload: 'x'.repeat(1024 * 1024) }, 'BODY_TOO_LARGE'],
  ['65 levels', INVOKE, `{"payload":${nested(64)}}`, 'INPUT_INVALID', { rule: 'depth', bounds: { max: 64 } }],
  ['100 000 levels', INVOKE, `{"payload":${nested(100_000)}}`, 'INPUT_INVALID', { rule: 'depth' }],
  [
    '10 001 items',
    INVOKE,
    { payload: listOf(10_000) },
    'INPUT_INVALID',
    { rule: 'keys', bounds: { max: 10_000 } },
  ],
  ['U+0000 in a text', INVOKE, inRoom('a\0b'), 'INPUT_INVALID', { rule: 'text', pointer: '/context/roomId' }],
  [
    'half a surrogate pair',
    INVOKE,
    inRoom('\ud800'),
    'INPUT_INVALID',
    { rule: 'text', pointer: '/context/roomId' },
  ],
  ['U+0000 in a key', INVOKE, { payload: 1, context: { 'a\0': 1 } }, 'INPUT_INVALID', { rule: 'text' }],
  ['an unknown member', INVOKE, { payload: 1, nonsense: true }, 'INPUT_INVALID', '/nonsense'],
  ['no payload', INVOKE, {}, 'INPUT_INVALID', { pointer: '/payload', rule: 'isDefined' }],
  [
    'a text as a context',
    INVOKE,
    { payload: 1, context: 'x' },
    'INPUT_INVALID',
    { pointer: '/context', value: 'x' },
  ],
  ['a list as a context', INVOKE, { payload: 1, context: [1] }, 'INPUT_INVALID', '/context'],
];

const manifests: Refusal[] = [
  ['a list', MANIFEST, '[]', 'MANIFEST_INVALID', ''],
  ['an empty object', MANIFEST, '{}', 'MANIFEST_INVALID'],
  ['no body', MANIFEST, undefined, 'MANIFEST_INVALID'],
  [
    'more than 256 KiB',
    MANIFEST,
    manifest({ name: 'x'.repeat(262_144) }),
    'MANIFEST_INVALID',
    { rule: 'size' },
  ],
  ['more than 1 MiB', MANIFEST, manifest({ name: 'x'.repeat(1024 * 1024) }), 'BODY_TOO_LARGE'],
  ['an unknown key', MANIFEST, webhook({ timeuot: 1 }), 'MANIFEST_INVALID', '/webhooks/quiz/timeuot'],
  ['a timeout of 999', MANIFEST, webhook({ timeout: 999 }), 'MANIFEST_INVALID', range(30_000, 999)],
  ['a timeout of 30001', MANIFEST, webhook({ timeout: 30_001 }), 'MANIFEST_INVALID', range(30_000, 30_001)],
  [
    'an async one of 999',
    MANIFEST,
    webhook({ timeout: 999, async: true }),
    'MANIFEST_INVALID',
    range(60_000, 999),
  ],
  [
    'one of 60001',
    MANIFEST,
    webhook({ timeout: 60_001, async: true }),
    'MANIFEST_INVALID',
    range(60_000, 60_001),
  ],
  ['an unknown fallback', MANIFEST, webhook({ fallback: 'coin_flip' }), 'MANIFEST_INVALID'],
  [
    'a private address',
    MANIFEST,
    webhook({ url: 'http://10.0.0.7/x' }),
    'SSRF_BLOCKED',
    '/webhooks/quiz/url',
  ],
  ['the metadata address', MANIFEST, webhook({ url: 'http://169.254.169.254/' }), 'SSRF_BLOCKED'],
  ...['http://', 'http://256.1.1.1/x', 'http://a b/x', 'quiz', `https://a.example/${'x'.repeat(2048)}`].map(
    (url): Refusal => [`not a URL: ${url.slice(0, 30)}`, MANIFEST, webhook({ url }), 'MANIFEST_INVALID'],
  ),
  ...[
    'http://0x7f000001.example.local/',
    'http://2130706433:1/',
    'http://0xa000001/',
    'http://[::ffff:10.0.0.1]/',
    'https://app.example.com./x',
    'https://user@app.example.com/',
    'ftp://app.example.com/',
  ].map((url): Refusal => [
    `a URL that must not be called: ${url}`,
    MANIFEST,
    webhook({ url }),
    'SSRF_BLOCKED',
  ]),
  ['a file URL', MANIFEST, webhook({ url: 'file:///etc/passwd' }), 'SSRF_BLOCKED', '/webhooks/quiz/url'],
  [
    'a name with U+0000',
    MANIFEST,
    manifest({ name: 'a\0' }),
    'INPUT_INVALID',
    { pointer: '/name', rule: 'text' },
  ],
  [
    'an app id with a space',
    'PUT /api/v1/admin/apps/a%20b/manifest',
    manifest(),
    'MANIFEST_INVALID',
    { value: 'a b' },
  ],
  ['a list to be checked', `POST ${VALIDATE}`, '[]', 'MANIFEST_INVALID', ''],
  ['nothing to be checked', `POST ${VALIDATE}`, undefined, 'MANIFEST_INVALID'],
];

it.each(bodies)('a body is refused: %s', (...row) => expectRefusal(admin, ...row));
it.each(manifests)('a manifest is refused: %s', (...row) => expectRefusal(admin, ...row));

describe('a header is refused:', () => {
  it.each([
    ['a form', 'content-type', 'application/x-www-form-urlencoded', 'MEDIA_TYPE_UNSUPPORTED'],
    ['XML', 'content-type', 'application/xml', 'MEDIA_TYPE_UNSUPPORTED'],
    ['plain text', 'content-type', 'text/plain', 'MEDIA_TYPE_UNSUPPORTED'],
    ['an invalid content type', 'content-type', ';;', 'MEDIA_TYPE_UNSUPPORTED'],
    ['an Idempotency-Key of 256 characters', 'idempotency-key', 'x'.repeat(256), 'IDEMPOTENCY_KEY_INVALID'],
    ['an empty Idempotency-Key', 'idempotency-key', '', 'IDEMPOTENCY_KEY_INVALID'],
    ['an Idempotency-Key that is not ASCII', 'idempotency-key', 'sch\u00f6n', 'IDEMPOTENCY_KEY_INVALID'],
    ['40 KiB of headers', 'x-long', 'x'.repeat(40_000), 'HEADER_TOO_LARGE'],
  ])('%s', async (_, name, value, code) => {
    expectProblem(await admin.post(REPORT, { payload: 1 }, { headers: { [name]: value } }), code);
  });
});

describe('a sender that is still sending when its body is refused as too large', () => {
  /** A connection that announces this many bytes, and what it has received so far. */
  function sender(bytes: number): { socket: Socket; answered: () => string } {
    const { hostname, port } = new URL(admin.url);
    const socket = connect(Number(port), hostname).setEncoding('latin1');
    let text = '';
    socket.on('data', (chunk: string) => (text += chunk)).on('error', () => undefined);
    socket.write(`POST ${VALIDATE} HTTP/1.1\r\nhost: api\r\ncontent-type: application/json\r\n`);
    socket.write(`content-length: ${bytes}\r\n\r\n`);
    return { socket, answered: () => text };
  }

  it('gets the answer, and keeps the connection for the next request', async () => {
    const bytes = 3 * 1024 * 1024;
    const { socket, answered } = sender(bytes);
    socket.write('x'.repeat(bytes));
    socket.write('GET /healthz HTTP/1.1\r\nhost: api\r\n\r\n');
    await eventually(() => answered().includes('HTTP/1.1 200 OK'));
    expect(answered()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('and that stops half-way still gets the answer, and the connection is closed', async () => {
    const { socket, answered } = sender(3 * 1024 * 1024);
    await eventually(() => socket.destroyed, { what: 'the end of the connection' });
    expect(answered()).toMatch(/^HTTP\/1\.1 413 [^]*connection: close[^]*BODY_TOO_LARGE/i);
  });

  it('is not read for ever', async () => {
    const { socket } = sender(1024 * 1024 * 1024);
    await eventually(
      () => {
        socket.write('x'.repeat(1024));
        return socket.destroyed;
      },
      { limitMs: 15_000, what: 'the end of the connection' },
    );
    expect(socket.destroyed).toBe(true);
  });
});

describe('what was refused', () => {
  it('was not stored', async () => {
    expect((await admin.get('/api/v1/admin/apps')).json.items).toMatchObject([
      { id: APP, manifestVersion: 1 },
    ]);
    expect((await admin.get('/api/v1/deliveries')).json.items).toEqual([]);
  });

  it('is reported all at once', async () => {
    const webhooks = { a: { url: '/a', timeout: 999 }, b: { url: '/b', concurrency: 0 } };
    const { json } = await admin.post(VALIDATE, manifest({ name: '', ownerEmail: 'nobody', webhooks }));
    const pointers = (json.problems as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual([
      '/name',
      '/ownerEmail',
      '/webhooks/a/timeout',
      '/webhooks/b/concurrency',
    ]);
  });

  it('is just beyond the limits', async () => {
    for (const timeout of [1000, 30_000]) {
      expect((await admin.post(VALIDATE, webhook({ timeout }))).json).toMatchObject({ valid: true });
    }
    expect((await admin.post(REPORT, `{"payload":${nested(63)}}`)).status).toBe(202);
    expect((await admin.invoke(APP, 'report', listOf(9_999))).status).toBe(202);
    const key = { headers: { 'idempotency-key': 'x'.repeat(255) } };
    expect((await admin.invoke(APP, 'report', 1, {}, key)).status).toBe(202);
  });

  it('is never an unforeseen error', () => {
    expect(platform.roles[0]!.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
