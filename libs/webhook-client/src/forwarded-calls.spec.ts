import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { decodeSecret } from '@breakwater/platform';
import { afterEach, describe, expect, it } from 'vitest';
import { SECRET, Stage } from './fixtures/client.fixture.js';
import { httpReceiver, rawReceiver, until } from './fixtures/receiver.fixture.js';
import type { ForwardedRequest } from './forward/forwarded-request.js';

const stage = new Stage();
afterEach(() => stage.close());

const forward = (more: Partial<ForwardedRequest> = {}): ForwardedRequest => ({
  method: 'POST',
  path: '',
  query: '',
  headers: [],
  source: 'github',
  ...more,
});

/** Name and value of each header, in the order in which they came. */
const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1]!]] : []));

describe('a forwarded request', () => {
  it('has the original method, path, query, headers and bytes', async () => {
    const receiver = httpReceiver();
    const body = gzipSync('{"a":1}');
    const headers = [
      ['X-Hub-Signature-256', 'sha256=00'],
      ['Content-Encoding', 'gzip'],
      ['x-a', '1'],
      ['X-A', 'caf\u00e9'],
      ['webhook-id', 'msg_theirs'],
      ['Connection', 'close'],
    ] as const;
    const request = forward({ method: 'PUT', path: '/a%2Fb/\u00fc', query: 'q=%20', headers });
    const outcome = await stage.call(receiver, { body, forward: request });
    expect(outcome).toMatchObject({ kind: 'delivered', status: 200 });
    const [call] = receiver.received;
    expect([call!.method, call!.url]).toEqual(['PUT', '/hook/a%2Fb/%FC?q=%20']);
    expect(call!.body).toEqual(body);
    const expected = headers.filter(([name]) => name !== 'Connection');
    const names = new Set(expected.map(([name]) => name));
    expect(pairs(call!.rawHeaders).filter(([name]) => names.has(name as never))).toEqual(expected);
  });

  it('has our signature under other names, and nothing else of ours', async () => {
    const receiver = httpReceiver();
    const body = Buffer.from([0, 255]);
    const headers = [['breakwater-signature', 'v1,forged']] as const;
    await stage.call(receiver, {
      body,
      attempt: 2,
      customHeaders: { 'x-team': 'blue' },
      forward: forward({ headers }),
    });
    const { host, connection, 'content-length': length, ...ours } = receiver.received[0]!.headers;
    expect([host, connection, length]).toEqual([`127.0.0.1:${receiver.port}`, 'keep-alive', '2']);
    const timestamp = String(ours['breakwater-timestamp']);
    const signed = Buffer.concat([Buffer.from(`msg_1.${timestamp}.`), body]);
    const expected = createHmac('sha256', decodeSecret(SECRET)!).update(signed).digest('base64');
    expect(ours).toEqual({
      'x-team': 'blue',
      'breakwater-id': 'msg_1',
      'breakwater-timestamp': timestamp,
      'breakwater-signature': `v1,${expected}`,
      'breakwater-attempt': '2',
      'breakwater-source': 'github',
    });
  });

  it('keeps the trace of its sender', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const theirs = forward({ headers: [['traceparent', 'theirs']] });
    await stage.call(receiver, { traceparent, forward: theirs }, client);
    await stage.call(receiver, { traceparent, forward: forward() }, client);
    expect(receiver.received.map(({ headers }) => headers['traceparent'])).toEqual(['theirs', traceparent]);
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'QUERY', 'PROPFIND'])(
    'of method %s without a body has none',
    async (method) => {
      const receiver = httpReceiver();
      const outcome = await stage.call(receiver, { body: Buffer.alloc(0), forward: forward({ method }) });
      expect(outcome).toMatchObject({ kind: 'delivered' });
      expect(receiver.received[0]).toMatchObject({ method, body: Buffer.alloc(0) });
      expect(receiver.received[0]!.headers['transfer-encoding']).toBeUndefined();
    },
  );

  it('of method GET may have a body', async () => {
    const receiver = httpReceiver();
    await stage.call(receiver, { body: Buffer.from('a'), forward: forward({ method: 'GET' }) });
    expect(receiver.received[0]).toMatchObject({ method: 'GET', body: Buffer.from('a') });
  });

  it('of method POST without a body says so', async () => {
    const seen: string[] = [];
    const receiver = rawReceiver((socket) =>
      socket.on('data', (bytes) => {
        seen.push(bytes.toString('latin1'));
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      }),
    );
    await stage.call(receiver, { body: Buffer.alloc(0), forward: forward() });
    await until(() => seen.length > 0);
    expect(seen.join('')).toMatch(/^POST \/hook HTTP\/1\.1\r\n[^]*content-length: 0\r\n\r\n$/);
  });

  it('is not sent if its path could leave that of the target', async () => {
    const receiver = httpReceiver();
    expect(await stage.call(receiver, { forward: forward({ path: '/..' }) })).toMatchObject({
      kind: 'misconfigured',
      code: 'PATH_REFUSED',
    });
    expect(receiver.received).toEqual([]);
  });

  it('shows in the record of its headers only those of ours that are no secrets', async () => {
    const receiver = httpReceiver();
    const headers = [['X-Secret', 'abc']] as const;
    const { requestHeaders } = await stage.call(receiver, { forward: forward({ headers }) });
    expect(requestHeaders).toMatchObject({
      'X-Secret': '***',
      'breakwater-id': 'msg_1',
      'breakwater-signature': 'v1,***',
      'breakwater-source': 'github',
    });
  });
});
