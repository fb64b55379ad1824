import { METHODS } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { ReceivedCall } from '@breakwater/testing/receiver.js';
import { Platform } from '../support/platform.js';
import { chunked, head, sendRaw, type RawAnswer } from '../support/raw-http.js';
import type { Role } from '../support/roles.js';
import { makeSource, type TestSource } from '../support/sources.js';

const APP = 'shop';

let platform: Platform;
let api: Role;
let source: TestSource;

beforeAll(async () => {
  platform = await Platform.start({ env: { DELIVERY_LEASE_MARGIN: '500' } });
  [api] = await Promise.all([platform.api(), platform.worker()]);
  await platform.register(api, {}, APP);
  source = await makeSource(platform, api, {
    appId: APP,
    name: 'provider',
    targets: { main: '/hooks?own=1' },
  });
});

afterAll(async () => platform?.stop());

interface StoredEvent {
  id: string;
  type: string;
  body: Buffer;
  content_type: string;
  headers: Record<string, string>;
  metadata: Record<string, unknown>;
  request: { method: string; path: string; query: string; headers: [string, string][] };
}

const eventOf = async (id: string): Promise<StoredEvent> =>
  (await platform.rows<StoredEvent & Record<string, unknown>>('SELECT * FROM events WHERE id = $1', id))[0]!;

const idOf = ({ body }: RawAnswer): string => (JSON.parse(body.toString()) as { id: string }).id;

/** The call of the target with this event. */
async function forwarded(id: string): Promise<ReceivedCall> {
  let call: ReceivedCall | undefined;
  await eventually(
    async () => {
      const [delivery] = await platform.rows<{ id: string }>(
        'SELECT id FROM deliveries WHERE event_id = $1',
        id,
      );
      call = platform.receiver.calls.find(({ headers }) => headers['breakwater-id'] === delivery?.id);
      return call !== undefined;
    },
    { limitMs: 60_000, what: 'the target has it' },
  );
  return call!;
}

const pairsOf = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1]!]] : []));

const OF_THE_CONNECTION = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'trailer']);

const gzip = gzipSync('{"a":1}');
const multipart = Buffer.from(
  '--x\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\x00\xff\r\n--x--\r\n',
  'latin1',
);
const megabyte = Buffer.alloc(1024 * 1024, 'x');
const all = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

/** Title, request line (with `{in}` for the address), further headers, body as sent, and the bytes it means. */
type Sent = [title: string, line: string, headers: string[], body: Buffer, meant?: Buffer];

const SENT: Sent[] = [
  ['gzip', 'POST {in} HTTP/1.1', ['Content-Encoding: gzip', 'Content-Type: application/json'], gzip],
  ['multipart', 'POST {in}/form HTTP/1.1', ['Content-Type: multipart/form-data; boundary=x'], multipart],
  [
    'latin-1',
    'POST {in} HTTP/1.1',
    ['Content-Type: text/plain; charset=iso-8859-1'],
    Buffer.from('caf\xe9', 'latin1'),
  ],
  ['every byte', 'PUT {in}/a HTTP/1.1', ['Content-Type: application/octet-stream'], all],
  ['empty', 'POST {in}/empty HTTP/1.1', ['Content-Type: application/json'], Buffer.alloc(0)],
  ['1 MiB', 'POST {in}/large HTTP/1.1', ['Content-Type: text/plain'], megabyte],
  ['HTTP/1.0', 'POST {in}/old HTTP/1.0', ['Content-Type: text/plain'], Buffer.from('old')],
  ['no content type', 'POST {in} HTTP/1.1', [], Buffer.from('{"no":"type"}')],
  ['a malformed content type', 'POST {in} HTTP/1.1', ['Content-Type: ;;/charset='], Buffer.from('x')],
  ['JSON that is none', 'POST {in} HTTP/1.1', ['Content-Type: application/json'], Buffer.from('{"a":')],
  ['a GET with a body', 'GET {in}/get?x=1 HTTP/1.1', [], Buffer.from('body of a GET')],
  [
    'repeated headers with case',
    'POST {in} HTTP/1.1',
    ['X-A: 1', 'x-a: 2', 'X-a: caf\xe9'],
    Buffer.from('1'),
  ],
  ['a path that cannot be decoded', 'POST {in}/%zz/%E0%A4?%%&a=%zz HTTP/1.1', [], Buffer.from('1')],
  [
    'an encoded path and a query as they are',
    'POST {in}/a%2Fb//c;d?q=a+b%20c&q=%C3%BC&& HTTP/1.1',
    [],
    Buffer.from('1'),
  ],
];

describe('captured bytes equal sent bytes', () => {
  async function expectSame([, line, more, sent, meant = sent]: Sent, framing: string[]): Promise<void> {
    const headers = ['Host: hooks.example', ...more, ...framing, 'Connection: close'];
    const answer = await sendRaw(api.url, [head(line.replace('{in}', source.path), ...headers), sent]);
    expect(answer.status, answer.text).toBe(200);
    const id = idOf(answer);
    const event = await eventOf(id);
    const [method, target] = line.split(' ') as [string, string];
    const [path = '', query = ''] = target.replace('{in}', '').split(/\?(.*)/s);
    expect(event.body.equals(meant)).toBe(true);
    expect(event.request).toEqual({
      method,
      path,
      query,
      headers: headers.map((each) => each.split(/: ?(.*)/s).slice(0, 2)),
    });
    const call = await forwarded(id);
    expect(call.method).toBe(method);
    const search = ['own=1', ...(query === '' ? [] : [query])].join('&');
    expect(call.path).toBe(`/hooks${path}?${search}`);
    expect(call.body.equals(meant)).toBe(true);
    const ofSender = ([name]: [string, string]): boolean =>
      !OF_THE_CONNECTION.has(name.toLowerCase()) && !name.startsWith('breakwater-');
    expect(pairsOf(call.rawHeaders).filter(ofSender)).toEqual(event.request.headers.filter(ofSender));
  }

  it.each(SENT)('%s', async (...sent) => expectSame(sent, [`Content-Length: ${sent[3].length}`]));

  it('chunked', async () => {
    const parts = [Buffer.from('{"a":'), all, Buffer.alloc(70_000, 'y')];
    const sent: Sent = ['chunked', 'POST {in}/chunks HTTP/1.1', [], chunked(...parts), Buffer.concat(parts)];
    await expectSame(sent, ['Transfer-Encoding: chunked', 'Trailer: X-Trailer']);
  });
});

describe('a request to a source', () => {
  const methods = METHODS.filter((method) => method !== 'CONNECT');

  it.each(methods)('may have the method %s', async (method) => {
    const request = head(
      `${method} ${source.path}/m HTTP/1.1`,
      'Host: x',
      'Content-Length: 2',
      'Connection: close',
    );
    const answer = await sendRaw(api.url, [request, '{}']);
    expect(answer.status, answer.text).toBe(200);
    if (method === 'HEAD') {
      expect(answer.body).toHaveLength(0);
      return;
    }
    const call = await forwarded(idOf(answer));
    expect([call.method, call.path, call.body.toString()]).toEqual([method, '/hooks/m?own=1', '{}']);
  });

  it('may have the whole URL in its first line', async () => {
    const request = head(`POST http://x${source.path}/abs?a=1 HTTP/1.1`, 'Host: x', 'Connection: close');
    const answer = await sendRaw(api.url, [request]);
    expect((await forwarded(idOf(answer))).path).toBe('/hooks/abs?own=1&a=1');
  });

  it('is answered with the id of its event', async () => {
    const answer = await sendRaw(api.url, [
      head(`GET ${source.path} HTTP/1.1`, 'Host: x', 'X-Request-ID: mine', 'Connection: close'),
    ]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'mine',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const event = await eventOf(idOf(answer));
    expect(event).toMatchObject({
      type: 'inbound.provider',
      request_id: 'mine',
      content_type: 'application/octet-stream',
      headers: { host: 'x', 'x-request-id': 'mine', connection: 'close' },
      metadata: { source: 'provider', method: 'GET', path: '', query: '' },
    });
    const shown = await platform.client(api).get(`/api/v1/events/${event.id}`);
    expect(shown.json).toMatchObject({
      type: 'inbound.provider',
      sourceId: source.id,
      publishedBy: 'source provider',
      request: { method: 'GET', path: '', query: '', headers: [{ name: 'Host', value: 'x' }, {}, {}] },
    });
  });

  it('is refused with 404 if no source has its address', async () => {
    for (const path of ['/in/', '/in/x', `/in/${'0'.repeat(40)}/a`, `/in/${'%00'.repeat(5)}`]) {
      const answer = await sendRaw(api.url, [
        head(`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Length: 1', 'Connection: close'),
        'x',
      ]);
      expect(answer.status, path).toBe(404);
      expect(JSON.parse(answer.body.toString())).toMatchObject({
        code: 'SOURCE_ADDRESS_UNKNOWN',
        status: 404,
      });
    }
  });

  it.each([
    ['says so in advance', ['Content-Length: 1048577'], Buffer.alloc(1_048_577)],
    ['says 10 GB', ['Content-Length: 10000000000'], Buffer.alloc(100)],
    ['is chunked', ['Transfer-Encoding: chunked'], chunked(Buffer.alloc(1_048_577))],
  ])(
    'is refused with 413, and not read to the end, if its body is too large and %s',
    async (_, framing, body) => {
      const answer = await sendRaw(api.url, [
        head(`POST ${source.path}/413 HTTP/1.1`, 'Host: x', ...framing),
        body,
      ]);
      expect(answer.status).toBe(413);
      expect(answer.headers['connection']).toBe('close');
      expect(await platform.rows(`SELECT 1 FROM captures WHERE path = '/413'`)).toEqual([]);
    },
  );

  it('leaves nothing if its sender hangs up in the middle', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.end(head(`POST ${source.path}/cut HTTP/1.1`, 'Host: x', 'Content-Length: 100'));
    await new Promise((resolve) => socket.on('close', resolve).resume());
    await sendRaw(api.url, [head(`POST ${source.path}/after HTTP/1.1`, 'Host: x', 'Connection: close')]);
    expect(await platform.rows(`SELECT path FROM captures WHERE path IN ('/cut', '/after')`)).toEqual([
      { path: '/after' },
    ]);
  });

  it('may offer another protocol, as the HTTP client of Java does', async () => {
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    const request = head(`POST ${source.path}/h2c HTTP/1.1`, 'Host: x', ...offer, 'Content-Length: 2');
    const answer = await sendRaw(api.url, [request, '{}']);
    expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
    expect((await forwarded(idOf(answer))).body.toString()).toBe('{}');
  });

  it('keeps its connection open for the next one', async () => {
    const two = Array.from({ length: 2 }, (_, n) =>
      head(`GET ${source.path}/${n} HTTP/1.1`, 'Host: x', ...(n === 1 ? ['Connection: close'] : [])),
    );
    const { text } = await sendRaw(api.url, two);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('goes to subscriptions of its type as an ordinary event', async () => {
    const url = platform.receiver.on('/ordinary');
    const made = await platform.client(api).post(`/api/v1/apps/${APP}/subscriptions`, {
      name: 'ordinary',
      url,
      events: ['inbound.*'],
      filter: { headers: { 'x-kind': 'ordinary' }, metadata: { path: '/sub', method: 'PUT' } },
    });
    expect(made.status, made.text).toBe(201);
    const request = head(
      `PUT ${source.path}/sub HTTP/1.1`,
      'Host: x',
      'X-Kind: ordinary',
      'Content-Type: text/csv',
      'Content-Length: 3',
      'Connection: close',
    );
    const answer = await sendRaw(api.url, [request, Buffer.from([0, 255, 10])]);
    await eventually(() => platform.receiver.callsTo('/ordinary').length === 1, {
      what: 'the subscription has it',
    });
    const [call] = platform.receiver.callsTo('/ordinary');
    expect(call).toMatchObject({ method: 'POST', body: Buffer.from([0, 255, 10]) });
    expect(call!.headers).toMatchObject({
      'content-type': 'text/csv',
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
    expect(call!.headers['x-kind']).toBeUndefined();
    await forwarded(idOf(answer));
  });
});

describe('a forwarded request', () => {
  it('whose target answers 4xx is a dead letter after one try, and is sent again as it came', async () => {
    let status = 422;
    platform.receiver.on('/strict/x', () => ({ status }));
    const strict = await makeSource(platform, api, {
      appId: APP,
      name: 'strict',
      targets: { main: '/strict' },
    });
    const answer = await sendRaw(api.url, [
      head(`DELETE ${strict.path}/x HTTP/1.1`, 'Host: x', 'X-A: 1', 'Connection: close'),
    ]);
    const event = idOf(answer);
    const delivery = async () =>
      (
        await platform.rows<{ id: string; status: string; attempts: number }>(
          'SELECT id, status, attempts FROM deliveries WHERE event_id = $1',
          event,
        )
      )[0]!;
    await eventually(async () => (await delivery())?.status === 'dead_letter', { what: 'dead letter' });
    expect(await delivery()).toMatchObject({ attempts: 1 });
    status = 200;
    const { id } = await delivery();
    expect((await platform.client(api).post(`/api/v1/deliveries/${id}/redeliver`)).status).toBe(202);
    await eventually(async () => (await delivery()).status === 'completed', { what: 'delivered' });
    const replayed = await platform.client(api).post(`/api/v1/events/${event}/replay`, {});
    expect(replayed.status, replayed.text).toBe(202);
    await eventually(() => platform.receiver.callsTo('/strict/x').length === 3, { what: 'replayed' });
    expect(
      platform.receiver
        .callsTo('/strict/x')
        .map((call) => [call.method, call.headers['x-a'], call.headers['breakwater-attempt']]),
    ).toEqual([
      ['DELETE', '1', '1'],
      ['DELETE', '1', '2'],
      ['DELETE', '1', '1'],
    ]);
  });

  it('whose target answers 5xx is tried three times', async () => {
    platform.receiver.on('/broken', { status: 500 });
    const broken = await makeSource(platform, api, {
      appId: APP,
      name: 'broken',
      targets: { main: '/broken' },
    });
    const answer = await sendRaw(api.url, [
      head(`POST ${broken.path} HTTP/1.1`, 'Host: x', 'Connection: close'),
    ]);
    const over = async (): Promise<boolean> =>
      (
        await platform.rows(
          `SELECT 1 FROM deliveries WHERE event_id = $1 AND status = 'dead_letter'`,
          idOf(answer),
        )
      ).length === 1;
    await eventually(over, { limitMs: 30_000, what: 'dead letter' });
    expect(platform.receiver.callsTo('/broken').map(({ headers }) => headers['breakwater-attempt'])).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('whose path could leave the target’s is a dead letter that says so, and is not sent', async () => {
    const answer = await sendRaw(api.url, [
      head(`GET ${source.path}/a/..%2f../secret HTTP/1.1`, 'Host: x', 'Connection: close'),
    ]);
    const row = async () =>
      (
        await platform.rows<{ status: string; last_error: string }>(
          'SELECT status, last_error FROM deliveries WHERE event_id = $1',
          idOf(answer),
        )
      )[0];
    await eventually(async () => (await row())?.status === 'dead_letter', { what: 'dead letter' });
    expect((await row())!.last_error).toMatch(/^PATH_REFUSED: the path has a segment/);
    expect(platform.receiver.calls.filter(({ path }) => path.includes('secret'))).toEqual([]);
  });
});

describe('a source that is paused', () => {
  it('answers 202 and keeps; what it kept is sent when it is resumed', async () => {
    const held = await makeSource(platform, api, { appId: APP, name: 'held', targets: { main: '/held' } });
    const send = () => sendRaw(api.url, [head(`POST ${held.path} HTTP/1.1`, 'Host: x', 'Connection: close')]);
    expect((await send()).status).toBe(200);
    const state = (change: string) =>
      platform.client(api).post(`/api/v1/apps/${APP}/sources/held/${change}`, {});
    expect((await state('pause')).status).toBe(200);
    const answer = await send();
    expect(answer.status).toBe(202);
    const shown = () => platform.client(api).get(`/api/v1/events/${idOf(answer)}`);
    expect((await shown()).json).toMatchObject({ status: 'held', deliveryCount: 0 });
    const listed = await platform.client(api).get('/api/v1/events?status=held');
    expect(listed.json.items.map(({ id }: { id: string }) => id)).toEqual([idOf(answer)]);
    expect((await state('resume')).status).toBe(200);
    await eventually(() => platform.receiver.callsTo('/held').length === 2, { what: 'released' });
    expect((await shown()).json).toMatchObject({ status: 'published' });
  });
});

describe('an api', () => {
  /** A request whose body is not complete yet. */
  async function begin(of: Role, path: string): Promise<Socket> {
    const { hostname, port } = new URL(of.url);
    const socket = connect(Number(port), hostname);
    socket.write(head(`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Length: 4', 'Connection: close'));
    socket.write('12');
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  }
  const answerOf = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      socket.on('data', (bytes) => (text += bytes.toString('latin1')));
      socket.once('close', () => resolve(text));
    });

  it('that stops answers the requests in hand, and stores them', async () => {
    const stopping = await platform.api();
    const socket = await begin(stopping, `${source.path}/stopping`);
    await sendRaw(stopping.url, [head(`GET ${source.path} HTTP/1.1`, 'Host: x', 'Connection: close')]);
    const answer = answerOf(socket);
    stopping.signal('SIGTERM');
    const refused = async (): Promise<boolean> =>
      sendRaw(stopping.url, [head('GET /healthz HTTP/1.0')]).then(
        () => false,
        () => true,
      );
    await eventually(refused, { what: 'the port is closed' });
    socket.write('34');
    const text = await answer;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n/i);
    expect(await stopping.end()).toMatchObject({ code: 0 });
    expect(await platform.rows(`SELECT body_bytes FROM captures WHERE path = '/stopping'`)).toEqual([
      { body_bytes: 4 },
    ]);
  });

  it('takes a number of requests of a source at once, and others go on', async () => {
    const small = await platform.api({ INBOUND_AT_ONCE: '2' });
    const other = await makeSource(platform, api, { appId: APP, name: 'other' });
    const sockets = [await begin(small, source.path), await begin(small, source.path)];
    const send = (path: string) =>
      sendRaw(small.url, [head(`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close')]);
    await eventually(async () => (await send(source.path)).status === 503, { what: 'no place' });
    const full = await send(source.path);
    expect(full.headers['retry-after']).toBe('1');
    expect(JSON.parse(full.body.toString())).toMatchObject({ code: 'CAPTURES_FULL' });
    expect((await send(other.path)).status).toBe(200);
    expect((await platform.client(small).get('/api/v1/events')).status).toBe(200);
    const answers = sockets.map(answerOf);
    for (const socket of sockets) socket.write('34');
    expect((await Promise.all(answers)).map((text) => text.slice(0, 15))).toEqual([
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
    ]);
    expect((await send(source.path)).status).toBe(200);
    await small.kill9();
  });
});

describe('a request that cannot be verified now', () => {
  it('is answered with 503, and its log line says why', async () => {
    const scheme = {
      kind: 'jwt',
      token: { header: 'X-Token' },
      algorithms: ['RS256'],
      jwks: 'https://10.1.2.3/keys',
    };
    const hidden = await makeSource(platform, api, { appId: APP, name: 'private', verification: { scheme } });
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256', kid: '1' })}.${part({})}.AAAA`;
    const answer = await sendRaw(api.url, [
      head(`POST ${hidden.path} HTTP/1.1`, 'Host: x', `X-Token: ${token}`, 'Connection: close'),
    ]);
    expect(answer.status).toBe(503);
    expect(api.log.find(({ sourceId }) => sourceId === hidden.id)).toMatchObject({
      result: 'unavailable',
      stored: false,
      error: expect.stringContaining(
        'https://10.1.2.3/keys could not be fetched (its address may not be called)',
      ),
    });
  });
});

describe('the key of a source', () => {
  it('is in no log line, and each capture has one line', async () => {
    const line = api.log.find(({ result, requestId }) => result === 'accepted' && requestId === 'mine');
    expect(line).toMatchObject({
      msg: 'request captured',
      sourceId: source.id,
      source: 'provider',
      appId: APP,
      method: 'GET',
      bodyBytes: 0,
      stored: true,
      eventId: expect.any(String),
    });
    for (const role of platform.roles) expect(role.output.includes(source.key)).toBe(false);
  });
});
