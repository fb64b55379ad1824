import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { clientFor, requestTo, Stage } from './fixtures/client.fixture.js';
import { answering, httpReceiver, rawReceiver, until } from './fixtures/receiver.fixture.js';
import { RESPONSE_CAP_BYTES, RESPONSE_KEEP_BYTES } from './outcome/outcome.js';

const stage = new Stage();
afterEach(() => stage.close());

const head = 'HTTP/1.1 200 OK\r\n';
const sync = { expectJson: true, keepBytes: RESPONSE_CAP_BYTES };

describe('an answer that is not 2xx', () => {
  it.each([300, 301, 302, 303, 307, 308])('%i is recorded and never followed', async (status) => {
    const target = await httpReceiver().listen();
    stage.add(target);
    const location = target.url;
    const receiver = httpReceiver((_request, response) =>
      response.writeHead(status, { location }).end('gone'),
    );
    await receiver.listen();
    const client = clientFor([receiver, target]);
    stage.add(client, receiver);
    expect(await client.send(requestTo(receiver.url))).toMatchObject({
      kind: 'http_error',
      status,
      response: { headers: { location }, body: Buffer.from('gone') },
    });
    expect(target.connections).toBe(0);
  });

  it.each([304, 400, 404, 410, 429, 500, 503, 600, 999])('%i is an http_error', async (status) => {
    const receiver = answering(`HTTP/1.1 ${status} Whatever\r\ncontent-length: 0\r\n\r\n`);
    expect(await stage.call(receiver)).toMatchObject({ kind: 'http_error', status, retryAfterMs: null });
  });

  it('reads Retry-After', async () => {
    const receiver = httpReceiver((_request, response) =>
      response.writeHead(429, { 'retry-after': '2' }).end(),
    );
    expect(await stage.call(receiver)).toMatchObject({ kind: 'http_error', retryAfterMs: 2000 });
  });
});

describe('a response', () => {
  const sending =
    (body: Buffer | string, headers = {}): RequestListener =>
    (_request, response) =>
      response.writeHead(200, headers).end(body);

  it('is kept up to keepBytes, counted and marked', async () => {
    const outcome = await stage.call(httpReceiver(sending('x'.repeat(RESPONSE_KEEP_BYTES + 1))));
    expect(outcome).toMatchObject({
      kind: 'delivered',
      response: {
        truncated: true,
        bytesSeen: RESPONSE_KEEP_BYTES + 1,
        body: Buffer.alloc(RESPONSE_KEEP_BYTES, 'x'),
      },
    });
  });

  it('is not marked when it is exactly keepBytes long', async () => {
    const outcome = await stage.call(httpReceiver(sending('x'.repeat(RESPONSE_KEEP_BYTES))));
    expect(outcome).toMatchObject({ kind: 'delivered', response: { truncated: false } });
  });

  it('may be exactly as long as the limit', async () => {
    const outcome = await stage.call(httpReceiver(sending(Buffer.alloc(RESPONSE_CAP_BYTES))));
    expect(outcome).toMatchObject({ kind: 'delivered', response: { bytesSeen: RESPONSE_CAP_BYTES } });
  });

  it.each([
    ['of a sync call is too large', sync, { kind: 'response_too_large', status: 200 }],
    ['of async work is cut', {}, { kind: 'delivered', response: { truncated: true } }],
  ])('one byte longer than the limit %s, and its socket is closed', async (_, more, expected) => {
    const receiver = httpReceiver(sending(Buffer.alloc(RESPONSE_CAP_BYTES + 1)));
    expect(await stage.call(receiver, more)).toMatchObject(expected);
    await until(() => receiver.sockets.size === 0);
  });

  it('that never ends is aborted at the limit', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    const receiver = rawReceiver((socket) => {
      const pour = () => {
        while (socket.writable && socket.write(chunk));
      };
      socket.once('data', () => {
        socket.write(`${head}\r\n`);
        pour();
      });
      socket.on('drain', pour);
    });
    expect((await stage.call(receiver, sync)).kind).toBe('response_too_large');
    await until(() => receiver.sockets.size === 0);
  });

  const text = '{ "id": 616581622363398142 }';
  const packed: [string, string, Buffer][] = [
    ['gzip', 'gzip', gzipSync(text)],
    ['x-gzip', 'X-GZIP', gzipSync(text)],
    ['deflate', 'deflate', deflateSync(text)],
    ['bare deflate', 'deflate', deflateRawSync(text)],
    ['br', 'br', brotliCompressSync(text)],
    ['identity', 'identity', Buffer.from(text)],
  ];
  it.each(packed)('that comes as %s is read', async (_, coding, body) => {
    const receiver = httpReceiver(sending(body, { 'content-encoding': coding }));
    const client = await stage.start(receiver);
    expect(await stage.call(receiver, sync, client)).toMatchObject({
      kind: 'delivered',
      json: { bytes: Buffer.from(text) },
    });
    expect(await stage.call(receiver, {}, client)).toMatchObject({
      kind: 'delivered',
      response: { body: Buffer.from(text), truncated: false },
    });
  });

  it.each([
    ['is too large to a sync call', sync, { kind: 'response_too_large' }],
    [
      'is cut for async work',
      {},
      { kind: 'delivered', response: { truncated: true, body: Buffer.alloc(RESPONSE_KEEP_BYTES) } },
    ],
  ])('that unpacks to 50 MiB %s', async (_, more, expected) => {
    for (const [coding, pack] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
    ] as const) {
      const bomb = pack(Buffer.alloc(50 * 1024 * 1024));
      const receiver = httpReceiver(sending(bomb, { 'content-encoding': coding }));
      expect(await stage.call(receiver, more)).toMatchObject(expected);
    }
  });

  it('may unpack to exactly the limit', async () => {
    const body = gzipSync(`"${'x'.repeat(RESPONSE_CAP_BYTES - 2)}"`);
    const receiver = httpReceiver(sending(body, { 'content-encoding': 'gzip' }));
    expect((await stage.call(receiver, sync)).kind).toBe('delivered');
  });

  it.each([
    ['is not what its header says', 'gzip', Buffer.from(text), text],
    ['has an encoding that is not supported', 'zstd', Buffer.from('?'), '?'],
    ['ends in the middle', 'gzip', gzipSync(text).subarray(0, -8), text],
  ])('that %s is no answer of a sync call, and is stored for people', async (_, coding, body, kept) => {
    const receiver = httpReceiver(sending(body, { 'content-encoding': coding }));
    const client = await stage.start(receiver);
    expect(await stage.call(receiver, sync, client)).toMatchObject({
      kind: 'invalid_response',
      message: expect.stringContaining(`"${coding}"`),
    });
    expect(await stage.call(receiver, {}, client)).toMatchObject({
      kind: 'delivered',
      response: { body: Buffer.from(kept) },
    });
  });

  it.each([204, 200])('without a body is null only with a 204: %i', async (status) => {
    const receiver = httpReceiver((_request, response) => response.writeHead(status).end());
    expect(await stage.call(receiver, sync)).toMatchObject(
      status === 204
        ? { kind: 'delivered', json: { value: null, bytes: Buffer.from('null') } }
        : { kind: 'invalid_response' },
    );
  });

  it('may begin with a byte order mark', async () => {
    const receiver = httpReceiver(sending(`\ufeff${text}\n`));
    expect(await stage.call(receiver, sync)).toMatchObject({ json: { bytes: Buffer.from(text) } });
  });

  it('keeps at most 100 of 250 headers', async () => {
    const many = Array.from({ length: 250 }, (_, i) => `h${i}: v\r\n`).join('');
    const outcome = await stage.call(answering(`${head}content-length: 0\r\n${many}\r\n`));
    expect(outcome.kind).toBe('delivered');
    if (outcome.kind !== 'delivered') return;
    expect(Object.keys(outcome.response.headers)).toHaveLength(100);
  });
});
