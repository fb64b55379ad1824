import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { clientFor, requestTo, Stage } from './fixtures/client.fixture.js';
import { answering, httpReceiver, rawReceiver, until } from './fixtures/receiver.fixture.js';
import { RESPONSE_CAP_BYTES, RESPONSE_KEEP_BYTES } from './outcome/outcome.js';

const stage = new Stage();
afterEach(() => stage.close());

const head = 'HTTP/1.1 200 OK\r\n';

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

  it('may be exactly the cap long', async () => {
    const outcome = await stage.call(httpReceiver(sending(Buffer.alloc(RESPONSE_CAP_BYTES))));
    expect(outcome).toMatchObject({ kind: 'delivered', response: { bytesSeen: RESPONSE_CAP_BYTES } });
  });

  it('is cut one byte after the cap, and its socket with it', async () => {
    const receiver = httpReceiver(sending(Buffer.alloc(RESPONSE_CAP_BYTES + 1)));
    expect(await stage.call(receiver)).toMatchObject({ kind: 'response_too_large', status: 200 });
    await until(() => receiver.sockets.size === 0);
  });

  it('that never ends is cut at the cap', async () => {
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
    expect((await stage.call(receiver)).kind).toBe('response_too_large');
    await until(() => receiver.sockets.size === 0);
  });

  it('is never inflated: a gzip bomb stays the few bytes it is', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const outcome = await stage.call(httpReceiver(sending(bomb, { 'content-encoding': 'gzip' })));
    expect(outcome).toMatchObject({ kind: 'delivered', response: { bytesSeen: bomb.length } });
  });

  it('keeps at most 100 of 250 headers', async () => {
    const many = Array.from({ length: 250 }, (_, i) => `h${i}: v\r\n`).join('');
    const outcome = await stage.call(answering(`${head}content-length: 0\r\n${many}\r\n`));
    expect(outcome.kind).toBe('delivered');
    if (outcome.kind !== 'delivered') return;
    expect(Object.keys(outcome.response.headers)).toHaveLength(100);
  });
});
