import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer, type MailServer, type ReceivedMail } from '@breakwater/testing/mail-server.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

/** An app's server that answers with exactly these bytes. */
let answer: Buffer = Buffer.alloc(0);
const raw: Server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => socket.end(answer));
});

let smtp: MailServer;
let mails: ReceivedMail[];
let platform: Platform;
let api: Role;
let admin: HttpClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  smtp = await startMailServer();
  mails = smtp.received;
  platform = await Platform.start({ env: { SMTP_URL: smtp.url } });
  [api] = await Promise.all([platform.api(), platform.worker()]);
  admin = platform.client(api);
  await platform.register(api, { quiz: {}, report: { async: true } }, 'plain');
});

afterAll(async () => {
  await platform?.stop();
  raw.close();
  await smtp?.close();
});

const EVE = 'Bcc: eve@evil.example';
const ofApp = (change: object): object => ({
  name: 'Quiz',
  ownerEmail: 'owner@example.com',
  baseUrl: platform.receiver.url,
  webhooks: { quiz: '/quiz' },
  ...change,
});
const put = (appId: string, document: unknown) => admin.put(`/api/v1/admin/apps/${appId}/manifest`, document);

describe('a name is refused', () => {
  const MANIFEST = 'MANIFEST_INVALID';
  it.each<[string, object, string]>([
    ['an app with CR and LF', { name: `Quiz\r\n${EVE}` }, '/name'],
    ['an app with LF', { name: `Quiz\n${EVE}` }, '/name'],
    ['an app of spaces', { name: ' \u00a0 ' }, '/name'],
    ['an owner with CR and LF', { ownerEmail: `owner@example.com\r\n${EVE}` }, '/ownerEmail'],
    ['two owners', { ownerEmail: 'owner@example.com, eve@evil.example' }, '/ownerEmail'],
    ['two owners with a semicolon', { ownerEmail: 'owner@example.com;eve@evil.example' }, '/ownerEmail'],
    ['an owner in brackets', { ownerEmail: 'Owner <owner@example.com>' }, '/ownerEmail'],
    ['an owner with an option', { ownerEmail: 'owner@example.com> NOTIFY=NEVER' }, '/ownerEmail'],
    ['an owner that is a list', { ownerEmail: ['owner@example.com', 'eve@evil.example'] }, '/ownerEmail'],
    ['a capability with LF', { webhooks: { [`quiz\n${EVE}`]: '/quiz' } }, `/webhooks/quiz\n${EVE}`],
    ['a capability with a space', { webhooks: { 'quiz a': '/quiz' } }, '/webhooks/quiz a'],
    [
      'a header with CR and LF in its value',
      { webhooks: { quiz: { url: '/quiz', headers: { 'x-a': 'b\r\nx-evil: 1' } } } },
      '/webhooks/quiz/headers/x-a',
    ],
    [
      'a header with LF in its name',
      { webhooks: { quiz: { url: '/quiz', headers: { 'x-a: b\nx-evil': '1' } } } },
      '/webhooks/quiz/headers/x-a: b\nx-evil',
    ],
    [
      'a header beyond Latin-1',
      { webhooks: { quiz: { url: '/quiz', headers: { 'x-a': 'b\u010d\u010a' } } } },
      '/webhooks/quiz/headers/x-a',
    ],
  ])('%s', async (_, change, pointer) => {
    expectProblem(await put('never-stored', ofApp(change)), MANIFEST, pointer);
  });

  it('a key with LF', async () => {
    const made = await admin.post('/api/v1/admin/api-keys', { name: `ann\n${EVE}`, scopes: ['read'] });
    expectProblem(made, 'API_KEY_INVALID', '/name');
  });
});

describe('mails', () => {
  const ODD = 'Quiz\u2028Bcc: eve@evil.example\u202e\u0085x\u200f 🚀'.repeat(5);
  const opens = { circuitBreaker: { failureThreshold: 1, recoveryTimeoutMs: 3_600_000 } };
  const fail = async (appId: string): Promise<void> => {
    expect((await admin.invoke(appId, 'quiz')).status).toBe(502);
  };
  const toldOf = (appId: string): Promise<Record<string, unknown>[]> =>
    platform.rows(
      `SELECT recipient, status, subject FROM notifications WHERE app_id = $1 AND channel = 'email' AND status <> 'pending'`,
      appId,
    );

  beforeAll(() => platform.receiver.on('/down', { status: 503 }));

  /** One recipient, one of each header, a subject on one line, and nobody else. */
  function expectOneRecipient({ to, raw: bytes, mail }: ReceivedMail, recipient: string): void {
    expect(to).toEqual([recipient]);
    const names = mail.headers.map(({ key }) => key);
    expect(names.filter((name) => /^(bcc|cc|reply-to|sender)$/.test(name))).toEqual([]);
    for (const name of ['to', 'from', 'subject', 'message-id', 'content-type', 'date', 'mime-version'])
      expect(
        names.filter((each) => each === name),
        name,
      ).toHaveLength(1);
    expect(mail.to?.map(({ address }) => address)).toEqual([recipient]);
    expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    const head = bytes.slice(0, bytes.indexOf('\r\n\r\n'));
    expect(
      head
        .replaceAll(/\r\n[ \t]/g, '')
        .split('\r\n')
        .filter((line) => /^(bcc|x-evil)/i.test(line)),
    ).toEqual([]);
    expect(head).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
  }

  it('go to the owner alone, whatever the name of the app and who reset its breaker', async () => {
    const key = await platform.key(api, { name: 'Ann', scopes: ['admin'] });
    const document = ofApp({ name: 'Odd', webhooks: { quiz: { url: '/down', ...opens } } });
    expect((await put('odd', document)).status).toBe(200);
    // Such names are refused now; earlier versions accepted them.
    await platform.rows('UPDATE apps SET name = $1 WHERE id = $2', ODD.slice(0, 250), 'odd');
    await platform.rows(`UPDATE api_keys SET name = $1 WHERE name = 'Ann'`, 'Ann\u2028Bcc: eve@evil.example');
    const before = mails.length;
    await fail('odd');
    await eventually(() => mails.length > before, { limitMs: 20_000, what: 'a mail' });
    expect(
      (await platform.client(api, key).post('/api/v1/admin/circuit-breaker/odd/quiz/reset')).status,
    ).toBe(200);
    await eventually(() => mails.length > before + 1, { limitMs: 20_000, what: 'another mail' });
    for (const mail of mails.slice(before)) expectOneRecipient(mail, 'owner@example.com');
    expect(mails.slice(before).map(({ mail }) => Array.from(mail.subject!).length <= 200)).toEqual([
      true,
      true,
    ]);
    expect(mails.at(-1)!.mail.text).toContain('eve@evil.example');
  });

  it('contain what a receiver sent as text: no header, no address, no second mail, no markup', async () => {
    const document = ofApp({ webhooks: { quiz: { url: '/down', ...opens } } });
    expect((await put('told', document)).status).toBe(200);
    const smuggled =
      'x\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\nhi\r\n.\r\n';
    const said = `${smuggled}\n.\nQUIT\n${EVE}\n<script>alert(1)</script><a href="https://evil.example">here</a>`;
    const before = mails.length;
    // Like an error text of TLS or of the parser: no text from outside is trusted.
    await platform.rows(
      `INSERT INTO circuit_breaker_transitions
         (app_id, capability, generation, from_state, to_state, cause, failure_count, failing_since, last_reason)
       VALUES ('told', 'quiz', 1, 'closed', 'open', 'failures', 1, now(), $1)`,
      said,
    );
    await eventually(() => mails.length > before, { limitMs: 20_000, what: 'a mail' });
    const last = mails.at(-1)!;
    expectOneRecipient(last, 'owner@example.com');
    expect(last.mail.html).not.toMatch(/<script|href="https:\/\/evil/);
    expect(last.mail.text).toContain('MAIL FROM');
    expect(mails).toHaveLength(before + 1);
    expect(mails.flatMap(({ to }) => to).filter((address) => /eve/.test(address))).toEqual([]);
  });

  it('are sent with a subject on one line, even if the tables contain a name with CR and LF', async () => {
    const document = ofApp({ webhooks: { quiz: { url: '/down', ...opens } } });
    expect((await put('forced', document)).status).toBe(200);
    await platform.rows(`UPDATE apps SET name = $1 WHERE id = 'forced'`, `Quiz\r\n${EVE}\r\n\r\nhello`);
    const before = mails.length;
    await fail('forced');
    await eventually(() => mails.length > before, { limitMs: 20_000, what: 'a mail' });
    expectOneRecipient(mails.at(-1)!, 'owner@example.com');
    expect(mails.at(-1)!.mail.subject).toContain('eve@evil.example');
  });

  it.each([
    ['CR and LF', `owner@example.com\r\n${EVE}`],
    ['a list', 'owner@example.com, eve@evil.example'],
    ['a group', 'all: owner@example.com, eve@evil.example;'],
    ['an SMTP option', 'owner@example.com> ORCPT=rfc822;eve@evil.example'],
    ['a quoted name', '"eve@evil.example "@example.com'],
  ])('are sent to nobody where the tables contain no single address: %s', async (title, ownerEmail) => {
    const appId = `to-${title.replaceAll(' ', '-').toLowerCase()}`;
    expect((await put(appId, ofApp({ webhooks: { quiz: { url: '/down', ...opens } } }))).status).toBe(200);
    await platform.rows('UPDATE apps SET owner_email = $2 WHERE id = $1', appId, ownerEmail);
    const before = mails.length;
    await fail(appId);
    await eventually(async () => (await toldOf(appId)).length > 0, {
      limitMs: 20_000,
      what: 'a mail that failed for good',
    });
    expect(await toldOf(appId)).toMatchObject([{ recipient: ownerEmail, status: 'failed' }]);
    expect(mails).toHaveLength(before);
  });
});

/** Sends bytes and returns everything that was received until the end. */
function exchange(bytes: string): Promise<string> {
  const { port } = new URL(api.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('no end of the answer')));
  socket.write(Buffer.from(bytes, 'latin1'));
  return text(socket);
}
const head = (request: string, ...lines: string[]): string =>
  [
    `${request} HTTP/1.1`,
    'host: a',
    `authorization: Bearer ${platform.adminKey}`,
    'connection: close',
    ...lines,
  ].join('\r\n');
const invoking = (...lines: string[]): string => {
  const body = '{"payload":1}';
  const request = 'POST /api/v1/apps/plain/capabilities/report/invoke';
  return `${head(request, 'content-type: application/json', `content-length: ${body.length}`, ...lines)}\r\n\r\n${body}`;
};
const statusesIn = (answers: string): number[] =>
  [...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));

describe("a request's head", () => {
  it.each([
    ['a bare CR in Idempotency-Key', 'idempotency-key: a\rx-evil: 1'],
    ['U+0000 in Idempotency-Key', 'idempotency-key: a\0b'],
    ['a folded line', 'idempotency-key: a\r\n b'],
    ['a bare CR in X-Request-ID', 'x-request-id: a\rb'],
    ['a control character in X-Request-ID', 'x-request-id: a\u0001b'],
    ['a space before the colon', 'x-request-id : a'],
    ['an invalid name', 'x evil: a'],
    ['two lengths', 'content-length: 13\r\ncontent-length: 14'],
    ['a length and chunks', 'transfer-encoding: chunked'],
    ['a length in words', 'content-length: +13'],
  ])('is refused with %s', async (_, lines) => {
    const before = platform.receiver.calls.length;
    const answers = await exchange(invoking(lines));
    expect(statusesIn(answers)).toEqual([400]);
    expect(answers).toContain('"code":"INPUT_INVALID"');
    expect(answers).toMatch(/content-type: application\/problem\+json/i);
    expect(platform.receiver.calls).toHaveLength(before);
  });

  it('that is refused ends its connection with all that follows', async () => {
    const second = `GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n`;
    const first = invoking('transfer-encoding: chunked').replace('connection: close\r\n', '');
    expect(statusesIn(await exchange(first + second + second))).toEqual([400]);
  });

  it.each([
    ['letters beyond ASCII', 'sch\u00f6n'],
    ['a blank', 'a b'],
    ['an escape', 'a%0d%0ab'],
    ['brackets', '<script>'],
    ['129 characters', 'a'.repeat(129)],
    ['nothing', ''],
  ])('may contain an X-Request-ID that is not used: %s', async (_, given) => {
    const answers = await exchange(invoking(`x-request-id: ${given}`));
    const [status] = statusesIn(answers);
    const { requestId, deliveryId } = JSON.parse(answers.slice(answers.indexOf('{'))) as Record<
      string,
      string
    >;
    expect([status, requestId]).toEqual([202, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    const arrived = () => platform.receiver.calls.find(({ headers }) => headers['webhook-id'] === deliveryId);
    const call = await eventually(arrived, { what: 'the call' });
    expect(call.headers['x-request-id']).toBe(requestId);
  });

  it.each<[string, string[], number]>([
    ['100 headers', Array.from({ length: 100 }, (_, n) => `x-${n}: a`), 200],
    ['3000 headers', Array.from({ length: 3_000 }, (_, n) => `x-${n}: a`), 431],
    ['a header of 12 KiB', [`x-long: ${'a'.repeat(12_288)}`], 200],
    ['a header of 16 KiB', [`x-long: ${'a'.repeat(16_384)}`], 431],
    ['a name of 20 KiB', [`x-${'a'.repeat(20_480)}: a`], 431],
  ])('%s: %s', async (_, lines, status) => {
    const answers = await exchange(`${head('GET /api/v1/deliveries', ...lines)}\r\n\r\n`);
    expect(statusesIn(answers)).toEqual([status]);
    if (status !== 200) expect(answers).toContain('"code":"HEADER_TOO_LARGE"');
  });

  it('of 20 KiB in its first line is refused', async () => {
    const answers = await exchange(`${head(`GET /api/v1/deliveries?appId=${'a'.repeat(20_480)}`)}\r\n\r\n`);
    expect(statusesIn(answers)).toEqual([431]);
  });
});

describe("an app's answer", () => {
  const HEADERS = [
    'X-Latin: caf\u00e9\u0080\u00ff',
    'X-Utf8: \u00e2\u0080\u00a8\u00f0\u009f\u009a\u0080',
    'X-Tab: a\tb',
    'X-Empty:',
    '__proto__: polluted',
    'constructor: polluted',
    'toString: polluted',
    'X-Twice: a',
    'X-Twice: b',
    "X-Sql: '); DROP TABLE attempts; --",
    'X-Html: <script>alert(1)</script>',
    `X-Long: ${'a'.repeat(8_000)}`,
    'Set-Cookie: a=b',
    'Set-Cookie: c=d',
    'Location: javascript:alert(1)',
    'Retry-After: -1e400',
    'Date: never',
  ];
  const bodies = [
    '{"success":true,"data":1}',
    '\0\ud800',
    '\u00ff\u00fe\u0000',
    '{"__proto__":{"a":1}}',
    '<script>',
  ];

  it.each(bodies.map((body) => [JSON.stringify(body), body]))(
    'with odd headers around %s is stored and shown',
    async (_, body) => {
      const bytes = Buffer.from(body, 'latin1');
      const lines = [
        'HTTP/1.1 200 O\u00ffK',
        ...HEADERS,
        `Content-Length: ${bytes.length}`,
        'Connection: close',
      ];
      answer = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
      const baseUrl = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`;
      const webhooks = { now: { url: '/now', fallback: 'none' }, later: { url: '/later', async: true } };
      expect((await put('strange', ofApp({ baseUrl, webhooks }))).status).toBe(200);
      expect([200, 502]).toContain((await admin.invoke('strange', 'now')).status);
      await admin.invoke('strange', 'later');
      const list = async (): Promise<{ id: string; status: string }[]> =>
        (await admin.get('/api/v1/deliveries?appId=strange')).json.items as { id: string; status: string }[];
      await eventually(async () => (await list()).every(({ status }) => status !== 'pending'), {
        what: 'its end',
      });
      for (const { id } of (await list()).slice(0, 2)) {
        const { status, json, text: shown } = await admin.get(`/api/v1/deliveries/${id}`);
        expect(status, shown).toBe(200);
        const [attempt] = json.history as { responseHeaders: Record<string, string> }[];
        expect(attempt).toMatchObject({ httpStatus: 200 });
        expect(Object.getPrototypeOf(attempt!.responseHeaders)).toBe(Object.prototype);
        expect(attempt!.responseHeaders).toMatchObject({ 'x-tab': 'a\tb', 'x-twice': 'a, b' });
      }
    },
  );

  it.each([
    ['U+0000 in a header', 'protocol', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\n{}'],
    ['a bare CR in a header', 'protocol', 'HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 2\r\n\r\n{}'],
    ['two lengths', 'network', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'network',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
  ])('that is not HTTP counts as failed, and is stored as that: %s', async (_, outcome, bytes) => {
    answer = Buffer.from(bytes, 'latin1');
    expect(await admin.invoke('strange', 'now')).toMatchObject({
      status: 502,
      json: { code: 'APP_UNAVAILABLE' },
    });
    const { deliveryId } = (await admin.invoke('strange', 'later')).json as { deliveryId: string };
    const story = (): Promise<{ json: { history: { outcome: string }[] } }> =>
      admin.get(`/api/v1/deliveries/${deliveryId}`);
    await eventually(async () => (await story()).json.history.length > 0, { what: 'an attempt' });
    expect((await story()).json.history[0]!.outcome).toBe(outcome);
  });
});

it('a room with an unusable name is refused, and causes no error for the operator', async () => {
  const webhooks = { winner: { url: '/down', fallback: 'random_winner' } };
  expect((await put('rooms', ofApp({ webhooks }))).status).toBe(200);
  const context = { roomId: 'r'.repeat(300), participants: ['ann'] };
  const { json } = await admin.invoke('rooms', 'winner', {}, { context });
  expect(json).toMatchObject({
    status: 400,
    code: 'INPUT_INVALID',
    problems: [{ pointer: '/context/roomId' }],
  });
});

it('no answer was an unforeseen error', () => {
  // Mails that cannot be sent need a person to act.
  const errors = platform.roles.flatMap(({ log }) => log.filter(({ level }) => level === 'error'));
  expect(errors.filter(({ msg }) => !/failed for good: mail/.test(String(msg)))).toEqual([]);
});
