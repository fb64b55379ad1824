import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { requestTo, Stage } from './fixtures/client.fixture.js';
import { rawReceiver, until, type Receiver } from './fixtures/receiver.fixture.js';

const stage = new Stage();
afterEach(() => stage.close());

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** So that the second call uses the connection of the first. */
const ONE = { maxConnectionsPerOrigin: 1 };

/** What a receiver does with this request on this connection; both are numbered from 1. */
type Script = (socket: Socket, connection: number, request: number) => void;

/** A receiver that counts connections and requests, and keeps what it received. */
function scripted(script: Script): { receiver: Receiver; requests: string[] } {
  const requests: string[] = [];
  let connections = 0;
  const receiver = rawReceiver((socket) => {
    const connection = ++connections;
    let count = 0;
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (!text.endsWith('{"hello":"world"}')) return;
      requests.push(text);
      text = '';
      script(socket, connection, ++count);
    });
  });
  return { receiver, requests };
}

const ends: [string, (socket: Socket) => void][] = [
  ['closed', (socket) => void socket.end()],
  ['reset', (socket) => void socket.resetAndDestroy()],
];

describe('a reused connection', () => {
  it.each(ends)('that is %s before one byte of answer costs the call nothing', async (_, end) => {
    const { receiver, requests } = scripted((socket, connection, request) => {
      if (connection === 1 && request === 2) end(socket);
      else socket.write(answer);
    });
    const client = await stage.start(receiver, ONE);
    expect((await stage.call(receiver, {}, client)).kind).toBe('delivered');
    expect((await stage.call(receiver, { webhookId: 'msg_2' }, client)).kind).toBe('delivered');
    expect(receiver.connections).toBe(2);
    expect(requests).toHaveLength(3);
    expect(requests[1]).toContain('webhook-id: msg_2');
    expect(requests[2]).toBe(requests[1]); // The same id, signature and bytes.
  });

  it.each(ends)('that is %s is tried once more, not twice', async (_, end) => {
    const { receiver, requests } = scripted((socket, connection, request) => {
      if (connection === 1 && request === 1) socket.write(answer);
      else end(socket);
    });
    const client = await stage.start(receiver, ONE);
    await stage.call(receiver, {}, client);
    expect((await stage.call(receiver, {}, client)).kind).toBe('network');
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['one byte of answer', 'H'],
    ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('that ends after %s is not tried again', async (_, bytes) => {
    const { receiver, requests } = scripted((socket, _connection, request) => {
      if (request === 1) socket.write(answer);
      else socket.end(bytes);
    });
    const client = await stage.start(receiver, ONE);
    await stage.call(receiver, {}, client);
    expect((await stage.call(receiver, {}, client)).kind).toBe('network');
    expect(requests).toHaveLength(2);
  });

  it('that ends is not replaced by another one that is about to end: the second try has a fresh one', async () => {
    const waiting: Socket[] = [];
    let isRestarted = false;
    const { receiver } = scripted((socket, connection) => {
      if (isRestarted) {
        if (connection <= 10) socket.resetAndDestroy();
        else socket.write(answer);
        return;
      }
      waiting.push(socket);
      if (waiting.length === 10) for (const each of waiting) each.write(answer);
    });
    const client = await stage.start(receiver);
    const call = () => stage.call(receiver, {}, client);
    await Promise.all(Array.from({ length: 10 }, call));
    expect(receiver.connections).toBe(10);
    isRestarted = true;
    const outcomes = await Promise.all(Array.from({ length: 10 }, call));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['delivered']));
    expect(receiver.sockets.size).toBeLessThanOrEqual(10);
  });

  it('gives its second try no more time: one deadline applies to both', async () => {
    const { receiver, requests } = scripted((socket, connection, request) => {
      if (connection === 1 && request === 1) socket.write(answer);
      else if (connection === 1) setTimeout(() => socket.end(), 150);
    });
    const client = await stage.start(receiver, ONE);
    await stage.call(receiver, {}, client);
    const outcome = await stage.call(receiver, { timeoutMs: 300 }, client);
    expect(outcome.kind).toBe('timeout');
    expect(requests).toHaveLength(3);
    await until(() => receiver.sockets.size === 0);
  });

  it('is not tried again after the caller gave up', async () => {
    const { receiver, requests } = scripted((socket, _connection, request) => {
      if (request === 1) socket.write(answer);
    });
    const client = await stage.start(receiver, ONE);
    await stage.call(receiver, {}, client);
    const giveUp = new AbortController();
    const running = client.send(requestTo(receiver.url), giveUp.signal);
    await until(() => requests.length === 2);
    giveUp.abort();
    expect((await running).kind).toBe('aborted');
    await until(() => receiver.sockets.size === 0);
    expect(requests).toHaveLength(2);
  });
});

describe('a fresh connection', () => {
  it('that is closed normally is not tried again: the receiver may have read the call', async () => {
    const { receiver, requests } = scripted((socket) => void socket.end());
    expect((await stage.call(receiver)).kind).toBe('network');
    expect(requests).toHaveLength(1);
  });

  it('that is reset, as by a program that closes before it reads, is tried once more', async () => {
    const { receiver, requests } = scripted((socket, connection) => {
      if (connection === 1) socket.resetAndDestroy();
      else socket.write(answer);
    });
    expect((await stage.call(receiver)).kind).toBe('delivered');
    expect(requests).toHaveLength(2);
    expect(requests[1]).toBe(requests[0]);
  });

  it('that no server accepts is not tried again', async () => {
    const { receiver } = scripted(() => undefined);
    const client = await stage.start(receiver, ONE);
    const { url } = receiver;
    await receiver.close();
    expect(await client.send(requestTo(url))).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
  });
});
