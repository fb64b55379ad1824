import { createHmac } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { requestTo, SECRET, Stage } from './fixtures/client.fixture.js';
import { httpReceiver, rawReceiver, until } from './fixtures/receiver.fixture.js';
import { RESPONSE_CAP_BYTES } from './outcome/outcome.js';

const stage = new Stage();
afterEach(() => stage.close());

const key = Buffer.alloc(32, 7);

describe('a delivered call', () => {
  it('carries status, headers, body and duration', async () => {
    const receiver = httpReceiver((_request, response) =>
      response.writeHead(201, { 'x-a': ['1', '2'], 'content-type': 'text/plain' }).end('thanks'),
    );
    const outcome = await stage.call(receiver);
    expect(outcome).toMatchObject({
      kind: 'delivered',
      status: 201,
      response: { body: Buffer.from('thanks'), truncated: false, bytesSeen: 6 },
    });
    if (outcome.kind !== 'delivered') throw new Error('not delivered');
    expect(outcome.response.headers).toMatchObject({ 'x-a': '1, 2', 'content-type': 'text/plain' });
    expect(outcome.durationMs).toBeGreaterThan(0);
    expect('json' in outcome).toBe(false);
  });

  it.each([
    ['text', Buffer.from('{"a": 1,  "b":2}\n')],
    ['no UTF-8', Buffer.from([0, 255, 254, 128, 13, 10, 0])],
    ['nothing', Buffer.alloc(0)],
    ['a megabyte', Buffer.alloc(1024 * 1024, 'é')],
  ])('sends the exact bytes: %s', async (_, body) => {
    const receiver = httpReceiver();
    expect((await stage.call(receiver, { body })).kind).toBe('delivered');
    expect(receiver.received[0]!.body.equals(body)).toBe(true);
    expect(receiver.received[0]!.headers['content-length']).toBe(String(body.length));
  });

  it('is accepted by the standardwebhooks package and by node:crypto', async () => {
    const receiver = httpReceiver();
    await stage.call(receiver);
    const { headers, body } = receiver.received[0]!;
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toEqual({ hello: 'world' });
    const signed = `msg_1.${headers['webhook-timestamp'] as string}.`;
    const expected = createHmac('sha256', key).update(signed).update(body).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it('carries one signature per secret while rotating, each valid on its own', async () => {
    const older = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const receiver = httpReceiver();
    await stage.call(receiver, { secrets: [SECRET, older] });
    const { headers, body } = receiver.received[0]!;
    expect((headers['webhook-signature'] as string).split(' ')).toHaveLength(2);
    for (const secret of [SECRET, older]) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toBeTruthy();
    }
    const legacy = createHmac('sha256', SECRET).update(body).digest('hex');
    expect(headers['x-webhook-signature']).toBe(legacy);
  });

  it('takes its timestamp from the clock of this attempt', async () => {
    const receiver = httpReceiver();
    await stage.call(receiver);
    const sent = Number(receiver.received[0]!.headers['webhook-timestamp']);
    expect(Math.abs(sent - Date.now() / 1000)).toBeLessThan(5);
  });

  it('has exactly the documented headers when it is an event', async () => {
    const receiver = httpReceiver();
    await stage.call(receiver, { attempt: 2, customHeaders: { 'X-Team': 'blue', cookie: 'a=b' } });
    const { headers } = receiver.received[0]!;
    expect(Object.keys(headers).sort()).toEqual([
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'cookie',
      'host',
      'user-agent',
      'webhook-id',
      'webhook-signature',
      'webhook-timestamp',
      'x-team',
      'x-webhook-attempt',
      'x-webhook-id',
      'x-webhook-signature',
    ]);
    expect(headers).toMatchObject({
      'user-agent': 'Breakwater/test',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'x-webhook-id': 'msg_1',
      'x-webhook-attempt': '2',
      'x-team': 'blue',
    });
  });

  it('has exactly the documented headers when it is a capability call', async () => {
    const receiver = httpReceiver();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await stage.call(receiver, { kind: 'capability', traceparent });
    const { headers, body } = receiver.received[0]!;
    expect(headers).toMatchObject({
      'x-timeout-ms': '5000',
      'x-request-id': '7d0f2f3e-58a0-4ad4-8a80-5f7fbb5f4b3c',
      'x-retry-attempt': '1',
      'x-max-attempts': '3',
      'x-platform-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
      traceparent,
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-webhook'))).toEqual([]);
  });

  it('leaves the legacy signature out when it is switched off', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver, { legacySignatureHeaders: false });
    await stage.call(receiver, { kind: 'capability' }, client);
    await stage.call(receiver, { kind: 'event' }, client);
    const names = receiver.received.flatMap((request) => Object.keys(request.headers));
    expect(names).not.toContain('x-platform-signature');
    expect(names).not.toContain('x-webhook-signature');
  });

  it('keeps the path and query of its URL', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    await client.send(requestTo(`http://127.0.0.1:${receiver.port}/a%20b?x=1&y=%2F`));
    expect(receiver.received[0]).toMatchObject({ method: 'POST', url: '/a%20b?x=1&y=%2F' });
  });
});

describe('a call that expects JSON', () => {
  const sync = { expectJson: true, keepBytes: RESPONSE_CAP_BYTES };

  it('returns the parsed value beside the bytes', async () => {
    const receiver = httpReceiver((_request, response) => response.end('{"success":true,"data":[1]}'));
    expect(await stage.call(receiver, sync)).toMatchObject({
      kind: 'delivered',
      json: { value: { success: true, data: [1] } },
    });
  });

  it.each([
    ['empty', '', /empty/],
    ['text', 'OK', /not JSON/],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
    ['nested without end', '['.repeat(5000) + ']'.repeat(5000), /nested/],
  ])('is an invalid response when the body is %s', async (_, body, message) => {
    const receiver = httpReceiver((_request, response) => response.end(body));
    const outcome = await stage.call(receiver, sync);
    expect(outcome).toMatchObject({ kind: 'invalid_response', status: 200 });
    expect('message' in outcome && outcome.message).toMatch(message);
  });

  it('is too large when the body is longer than what is kept', async () => {
    const receiver = httpReceiver((_request, response) => response.end(JSON.stringify('x'.repeat(100))));
    expect((await stage.call(receiver, { expectJson: true, keepBytes: 50 })).kind).toBe('response_too_large');
  });

  it('keeps a status other than 2xx an http_error, whatever the body', async () => {
    const receiver = httpReceiver((_request, response) => response.writeHead(500).end('oops'));
    expect((await stage.call(receiver, sync)).kind).toBe('http_error');
  });
});

describe('the caller', () => {
  it.each([
    ['while the receiver hangs', 1],
    ['while the call waits for a connection', 2],
  ])('may give up %s', async (_, calls) => {
    const receiver = rawReceiver((socket) => socket.resume());
    const client = await stage.start(receiver, { maxConnectionsPerOrigin: 1 });
    const giveUp = new AbortController();
    const running = Array.from({ length: calls }, () => client.send(requestTo(receiver.url), giveUp.signal));
    await until(() => receiver.sockets.size === 1);
    giveUp.abort();
    for (const outcome of await Promise.all(running)) expect(outcome.kind).toBe('aborted');
    await until(() => receiver.sockets.size === 0);
  });

  it('that gave up before makes no connection', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    expect((await client.send(requestTo(receiver.url), AbortSignal.abort())).kind).toBe('aborted');
    expect(receiver.connections).toBe(0);
  });

  it('may use one signal for many calls without collecting listeners', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) await client.send(requestTo(receiver.url), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a call that must not be sent', () => {
  it.each([
    ['no secret', { secrets: [] }, 'SECRET_MISSING'],
    ['a damaged secret', { secrets: [SECRET.slice(0, -2)] }, 'SECRET_DAMAGED'],
    ['one damaged secret of two', { secrets: [SECRET, 'whsec_'] }, 'SECRET_DAMAGED'],
    ['a refused custom header', { customHeaders: { Host: 'evil.example' } }, 'HEADER_REFUSED'],
    ['a header that splits', { customHeaders: { 'x-a': 'b\r\nx-c: d' } }, 'HEADER_REFUSED'],
    ['a request id that splits', { kind: 'capability' as const, requestId: 'a\r\nb: c' }, 'REQUEST_INVALID'],
  ])('is misconfigured with %s and sends nothing', async (_, more, code) => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    const outcome = await stage.call(receiver, more, client);
    expect(outcome).toMatchObject({ kind: 'misconfigured', code });
    expect(receiver.received).toEqual([]);
  });
});

describe('a probe', () => {
  it('is an unsigned GET', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver);
    expect(await client.probe({ url: receiver.url, timeoutMs: 1000 })).toMatchObject({
      kind: 'delivered',
      status: 200,
    });
    const { method, headers } = receiver.received[0]!;
    expect(method).toBe('GET');
    expect(Object.keys(headers).sort()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent']);
  });

  it('observes its deadline and the guard', async () => {
    const receiver = rawReceiver((socket) => socket.resume());
    const client = await stage.start(receiver);
    expect((await client.probe({ url: receiver.url, timeoutMs: 100 })).kind).toBe('timeout');
    expect((await client.probe({ url: 'https://127.0.0.1/', timeoutMs: 100 })).kind).toBe('blocked');
  });
});

describe('closing the client', () => {
  it('aborts calls in progress and later ones, and leaves no socket', async () => {
    const receiver = rawReceiver((socket) => socket.resume());
    const client = await stage.start(receiver);
    const running = client.send(requestTo(receiver.url));
    await until(() => receiver.sockets.size === 1);
    await client.onApplicationShutdown();
    expect((await running).kind).toBe('aborted');
    expect((await client.send(requestTo(receiver.url))).kind).toBe('aborted');
    await until(() => receiver.sockets.size === 0);
    expect(client.originCount).toBe(0);
  });
});
