import { afterEach, describe, expect, it } from 'vitest';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { requestTo, Stage } from './fixtures/client.fixture.js';
import {
  answering,
  httpReceiver,
  httpsReceiver,
  pem,
  rawReceiver,
  until,
  type Receiver,
} from './fixtures/receiver.fixture.js';

const stage = new Stage();
afterEach(() => stage.close());

const head = 'HTTP/1.1 200 OK\r\n';

describe('a receiver that breaks the rules', () => {
  it.each([
    ['resets before it answers', answering('', 'reset'), 'network'],
    ['closes before it answers', answering('', 'end'), 'network'],
    ['closes in the middle of its headers', answering(`${head}x-a: 1`, 'end'), 'network'],
    ['closes in a sized body', answering(`${head}content-length: 9\r\n\r\nabc`, 'end'), 'network'],
    [
      'closes in a sized body after connection: close',
      answering(`${head}connection: close\r\ncontent-length: 9\r\n\r\nabc`, 'end'),
      'network',
    ],
    [
      'closes in a chunked body',
      answering(`${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab`, 'end'),
      'network',
    ],
    ['resets in its body', answering(`${head}content-length: 9\r\n\r\nabc`, 'reset'), 'network'],
    ['does not speak HTTP', answering('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol'],
    ['speaks HTTP/0.9', answering('<html>hello</html>', 'end'), 'protocol'],
    ['sends a 40 kB header', answering(`${head}x-a: ${'a'.repeat(40_000)}\r\n\r\n`), 'protocol'],
    ['sends a NUL in a header', answering(`${head}x-a: a\0b\r\n\r\n`), 'protocol'],
    [
      'sends a length and chunks',
      answering(`${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`),
      'network',
    ],
    ['sends a broken chunk', answering(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n`), 'protocol'],
    [
      'upgrades unasked',
      answering('HTTP/1.1 101 Up\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      'protocol',
    ],
    ['answers 101 alone', answering('HTTP/1.1 101 Up\r\n\r\n'), 'protocol'],
    ['closes after an unexpected 100', answering('HTTP/1.1 100 Continue\r\n\r\n', 'end'), 'network'],
    ['answers 099', answering('HTTP/1.1 099 Low\r\ncontent-length: 0\r\n\r\n', 'end'), 'protocol'],
    ['answers 1000', answering('HTTP/1.1 1000 High\r\ncontent-length: 0\r\n\r\n'), 'protocol'],
    ['floods with 103', answering('HTTP/1.1 103 Early\r\n\r\n'.repeat(100)), 'protocol'],
    ['floods with 100', answering('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)), 'protocol'],
    ['sends 64,000 tiny headers', answering(`${head}${'a:\r\n'.repeat(64_000)}\r\n`), 'protocol'],
    [
      'sends 64,000 tiny trailers',
      answering(`${head}transfer-encoding: chunked\r\n\r\n0\r\n${'a:\r\n'.repeat(64_000)}\r\n`),
      'protocol',
    ],
    [
      'sends a million chunks of one byte',
      answering(`${head}transfer-encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(1_000_000)}0\r\n\r\n`),
      'protocol',
    ],
  ])('%s', async (_, receiver, kind) => {
    const client = await stage.start(receiver);
    const outcome = await stage.call(receiver, { expectJson: true }, client);
    expect(outcome).toMatchObject({ kind, code: expect.any(String) });
    await until(() => receiver.sockets.size === 0);
  });

  const endsEarly: [string, Receiver, string][] = [
    ['closes in a sized body', answering(`${head}content-length: 9\r\n\r\nabc`, 'end'), 'abc'],
    ['closes before a sized body', answering(`${head}content-length: 9\r\n\r\n`, 'end'), ''],
    ['closes in a chunked body', answering(`${head}transfer-encoding: chunked\r\n\r\n5\r\nab`, 'end'), 'ab'],
    ['resets in its body', answering(`${head}content-length: 9\r\n\r\nabc`, 'reset'), 'abc'],
    ['hangs in its body', answering(`${head}content-length: 9\r\n\r\nabc`), 'abc'],
    ['sends a broken chunk', answering(`${head}transfer-encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n`), 'ab'],
  ];
  it.each(endsEarly)('has accepted async work when its 2xx %s', async (_, receiver, body) => {
    const client = await stage.start(receiver);
    expect(await stage.call(receiver, { timeoutMs: 300 }, client)).toMatchObject({
      kind: 'delivered',
      status: 200,
      response: { truncated: true, body: Buffer.from(body) },
    });
    await until(() => receiver.sockets.size === 0);
  });

  it('has refused async work when its 429 hangs', async () => {
    const receiver = answering('HTTP/1.1 429 Slow\r\nretry-after: 2\r\ncontent-length: 9\r\n\r\nabc');
    expect(await stage.call(receiver, { timeoutMs: 300 })).toMatchObject({
      kind: 'http_error',
      status: 429,
      retryAfterMs: 2000,
      response: { truncated: true },
    });
  });

  it('is not healthy when a health check’s 200 hangs', async () => {
    const receiver = answering(`${head}content-length: 9\r\n\r\nabc`);
    const client = await stage.start(receiver);
    expect((await client.probe({ url: receiver.url, timeoutMs: 300 })).kind).toBe('timeout');
  });

  it.each(['http', 'https'] as const)(
    'that resets on accept is a network failure each time (%s)',
    async (scheme) => {
      const receiver = rawReceiver((socket) => socket.resetAndDestroy(), scheme);
      const client = await stage.start(receiver);
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => stage.call(receiver, {}, client)));
      expect(new Set(outcomes.map((outcome) => outcome.kind))).toEqual(new Set(['network']));
    },
  );

  it.each(['103 Early\r\nlink: </x>', '100 Continue', '102 Processing', '199 Unknown'])(
    'may send a few %j before it answers',
    async (status) => {
      const early = `HTTP/1.1 ${status}\r\n\r\n`.repeat(5);
      expect(await stage.call(answering(`${early}${head}content-length: 2\r\n\r\nok`))).toMatchObject({
        kind: 'delivered',
        response: { headers: { 'content-length': '2' } },
      });
    },
  );

  it('does not disturb the next call to it', async () => {
    let calls = 0;
    const receiver = rawReceiver((socket) => {
      socket.on('data', () => socket.write(++calls % 2 ? 'garbage\r\n' : `${head}content-length: 0\r\n\r\n`));
    });
    const client = await stage.start(receiver);
    const kinds: string[] = [];
    for (let i = 0; i < 6; i++) kinds.push((await stage.call(receiver, {}, client)).kind);
    expect(kinds).toEqual(['protocol', 'delivered', 'protocol', 'delivered', 'protocol', 'delivered']);
  });

  it('cannot inject an answer to a later call', async () => {
    const ok = (body: string) => `${head}content-length: ${body.length}\r\n\r\n${body}`;
    const receiver = answering(ok('first') + ok('smuggled'));
    const client = await stage.start(receiver);
    expect(await stage.call(receiver, {}, client)).toMatchObject({
      response: { body: Buffer.from('first') },
    });
    expect(await stage.call(receiver, {}, client)).toMatchObject({
      response: { body: Buffer.from('first') },
    });
  });

  it('is a network failure when no server listens', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    const { url } = receiver;
    await receiver.close();
    expect(await client.send(requestTo(url))).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
  });
});

describe('the deadline', () => {
  const drip = (first: string, piece: string) =>
    rawReceiver((socket) => {
      socket.once('data', () => {
        socket.write(first);
        const timer = setInterval(() => socket.write(piece), 20);
        socket.on('close', () => clearInterval(timer));
      });
    });
  const stuck = () =>
    rawReceiver((socket) => {
      socket.pause();
    });

  it.each([
    ['never answers', () => rawReceiver((socket) => socket.resume()), {}],
    ['never reads a large body', stuck, { body: Buffer.alloc(20 * 1024 * 1024) }],
    ['drips headers', () => drip(head, 'x-a: 1\r\n'), {}],
    ['drips a header without end', () => drip(`${head}x-a: `, 'a'), {}],
    ['drips its body', () => drip(`${head}content-length: 100000\r\n\r\n`, 'a'), { expectJson: true }],
    [
      'drips chunks',
      () => drip(`${head}transfer-encoding: chunked\r\n\r\n`, '1\r\na\r\n'),
      { expectJson: true },
    ],
    ['drips 103', () => drip('HTTP/1.1 103 Early\r\n\r\n', ''), {}],
  ])('aborts a receiver that %s and destroys the socket', async (_, make, more) => {
    const receiver = make();
    const client = await stage.start(receiver);
    const call = stage.call(receiver, { timeoutMs: 200, ...more }, client);
    expect(await endsBefore(call, 450)).toBe(true);
    const outcome = await call;
    expect(outcome.kind).toBe('timeout');
    expect(outcome.durationMs).toBeGreaterThanOrEqual(195);
    for (const socket of receiver.sockets) socket.resume(); // A paused socket would not notice its end.
    await until(() => receiver.sockets.size === 0);
  });

  it('aborts a TLS handshake that stalls', async () => {
    const receiver = rawReceiver((socket) => socket.resume(), 'https');
    const client = await stage.start(receiver);
    const call = stage.call(receiver, { timeoutMs: 200 }, client);
    expect(await endsBefore(call, 450)).toBe(true);
    expect((await call).kind).toBe('timeout');
    await until(() => receiver.sockets.size === 0);
  });

  it('applies to 100 hanging calls at once, also to those that wait for a connection', async () => {
    const receiver = rawReceiver((socket) => socket.resume());
    const client = await stage.start(receiver, { maxConnectionsPerOrigin: 10 });
    const calls = Promise.all(
      Array.from({ length: 100 }, () => stage.call(receiver, { timeoutMs: 300 }, client)),
    );
    expect(await endsBefore(calls, 800)).toBe(true);
    const outcomes = await calls;
    expect(new Set(outcomes.map((outcome) => outcome.kind))).toEqual(new Set(['timeout']));
    await until(() => receiver.sockets.size === 0);
  });

  it('lets the calls behind a lost one continue', async () => {
    let calls = 0;
    const receiver = httpReceiver((_request, response) => {
      if (++calls > 1) response.end('ok');
    });
    const client = await stage.start(receiver, { maxConnectionsPerOrigin: 1 });
    const outcomes = await Promise.all(
      [300, 200, 3000].map((timeoutMs) => stage.call(receiver, { timeoutMs }, client)),
    );
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['timeout', 'timeout', 'delivered']);
    expect(receiver.received).toHaveLength(2);
  });
});

describe('TLS', () => {
  const trusting = { extraCertificateAuthorities: [pem('authority')] };

  it('delivers to a receiver with a valid certificate', async () => {
    const receiver = httpsReceiver('good');
    expect((await stage.call(receiver, {}, await stage.start(receiver, trusting))).kind).toBe('delivered');
  });

  it.each([
    ['self-signed', trusting, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', trusting, 'CERT_HAS_EXPIRED'],
    ['wrong-name', trusting, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['good', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('refuses a certificate that is %s', async (certificate, options, code) => {
    const receiver = httpsReceiver(certificate);
    const client = await stage.start(receiver, options);
    expect(await stage.call(receiver, {}, client)).toMatchObject({ kind: 'tls', code });
    expect(receiver.received).toEqual([]);
  });

  it('refuses a bad certificate even if the environment says to accept it', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect((await stage.call(httpsReceiver('self-signed'))).kind).toBe('tls');
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it.each([
    [
      'speaks plain HTTP',
      () => rawReceiver((socket) => void socket.end('HTTP/1.1 400 Bad\r\n\r\n'), 'https'),
    ],
    ['knows only TLS 1.1', () => httpsReceiver('good', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })],
  ])('fails when the receiver %s', async (_, make) => {
    const receiver = make();
    expect((await stage.call(receiver, {}, await stage.start(receiver, trusting))).kind).toBe('tls');
  });
});
