import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { TestReceiver } from '@breakwater/testing/receiver.js';
import { Forwarder } from '../listen/forwarder.service.js';
import { press } from '../listen/keys.service.js';
import { ListenConnection, type RequestCopy } from '../listen/listen-connection.service.js';
import type { ConnectionState } from '../listen/lines.js';
import type { ListenedItem } from '../listen/wanted.js';
import { run } from '../run.js';

type Reply = (answer: unknown) => void;

/** The server's side of the protocol, as the test plays it. */
class CannedApi {
  url = '';
  sockets: Socket[] = [];
  readonly asked: [message: string, body: unknown][] = [];
  answers: Record<string, unknown> = {};
  private readonly http = createServer();
  private readonly io = new Server(this.http, { path: '/ws', transports: ['websocket'] });

  async start(): Promise<void> {
    this.io.on('connection', (socket) => {
      this.sockets.push(socket);
      for (const message of ['listen.start', 'listen.renew', 'listen.requests', 'feed.subscribe'])
        socket.on(message, (body: unknown, reply: Reply) => {
          this.asked.push([message, body]);
          const answer = this.answers[message];
          reply(typeof answer === 'function' ? (answer as (body: unknown) => unknown)(body) : answer);
        });
      socket.emit('ready');
    });
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  forget(): void {
    [this.sockets, this.asked.length] = [[], 0];
    this.answers = {
      'listen.start': { ok: true, listenerId: 'l', appId: 'shop', renewEveryMs: 20 },
      'listen.renew': { ok: true, state: 'answering' },
      'listen.requests': ({ eventId, deliveryId }: Record<string, string>) => ({
        ok: true,
        isPending: false,
        requests: [copy(deliveryId ?? `d-${eventId}`)],
      }),
      'feed.subscribe': { ok: true, cursor: 'c0' },
    };
  }

  bodiesOf(message: string): unknown[] {
    return this.asked.filter(([name]) => name === message).map(([, body]) => body);
  }

  send(...items: ListenedItem[]): void {
    this.sockets.at(-1)!.emit('feed.items', { items });
  }

  stop(): void {
    void this.io.close();
  }
}

const copy = (deliveryId: string): RequestCopy => ({
  deliveryId,
  endpoint: 'orders',
  eventType: 'order.created',
  method: 'POST',
  path: '/hooks',
  headers: ['content-type', 'application/json', 'webhook-id', deliveryId],
  body: Buffer.from('{}'),
});
const event = (n: number): ListenedItem => ({
  id: `e${n}`,
  eventId: `e${n}`,
  projectId: 'shop',
  status: 'received',
  at: '2026-11-28T12:00:00.000Z',
  retryCount: 0,
  eventType: 'order.created',
  cursor: `c${n}`,
});

const api = new CannedApi();
const local = new TestReceiver();
let end: AbortController;
let nowMs: number;
let states: ConnectionState[];
let out: string[];
let running: Promise<unknown>;

beforeAll(async () => {
  await api.start();
  await local.listen();
});
beforeEach(() => {
  api.forget();
  local.calls.length = 0;
  [end, nowMs, states, out, running] = [new AbortController(), Date.now(), [], [], Promise.resolve()];
});
afterEach(async () => {
  end.abort();
  await running;
});
afterAll(async () => {
  api.stop();
  await local.close();
});

/** As the command does it, with a clock of the test. */
function listen(): Forwarder {
  const options = { forwardTo: local.url, wish: { source: undefined, events: [] }, isJson: true };
  const forwarder = new Forwarder(
    { ...options, out: (line) => out.push(line), handled: () => undefined },
    (asked) => connection.requestsOf(asked),
  );
  const connection: ListenConnection = new ListenConnection(
    { url: api.url, key: 'bw_test', appId: 'shop', calls: true, capabilities: [], cursor: undefined },
    {
      item: (item) => forwarder.item(item),
      call: (call) => forwarder.call(call),
      gap: () => undefined,
      state: (state) => states.push(state),
    },
    end.signal,
    () => nowMs,
  );
  running = connection.run();
  return forwarder;
}
const says = (state: ConnectionState['state']): Promise<unknown> =>
  eventually(() => states.some((said) => said.state === state), {
    what: `${state} in ${JSON.stringify(states)}`,
  });
const received = (): string[] => local.calls.map(({ headers }) => headers['webhook-id'] as string);

describe('a machine that wakes up after an hour', () => {
  it('notices, connects again, and loses nothing', async () => {
    listen();
    await says('listening');
    api.send(event(1));
    await eventually(() => received().length === 1);
    nowMs += 3_600_000;
    await says('slept');
    await eventually(() => api.sockets.length === 2);
    await eventually(() => api.bodiesOf('feed.subscribe').length === 2);
    expect(api.bodiesOf('feed.subscribe')).toEqual([
      { scope: { appId: 'shop' } },
      { scope: { appId: 'shop' }, cursor: 'c1' },
    ]);
    api.send(event(1), event(2), event(3));
    await says('resumed');
    await eventually(() => received().length === 3);
    expect(received()).toEqual(['d-e1', 'd-e2', 'd-e3']);
    expect(states.find(({ state }) => state === 'resumed')).toMatchObject({ afterMs: 3_600_000 });
  });

  it('gets the requests of an item for which it had asked before', async () => {
    let asks = 0;
    const requests = api.answers['listen.requests'] as (body: unknown) => unknown;
    api.answers['listen.requests'] = (body: unknown) =>
      ++asks === 1 ? { ok: false, code: 'DATABASE_UNAVAILABLE', detail: 'later' } : requests(body);
    listen();
    await says('listening');
    api.send(event(1));
    await eventually(() => received().length === 1);
    expect(asks).toBe(2);
  });
});

describe('the connection', () => {
  it('is told when somebody who began later gets the calls, and when not any more', async () => {
    listen();
    await says('listening');
    api.answers['listen.renew'] = { ok: true, state: 'later', by: 'ci' };
    await says('replaced');
    api.answers['listen.renew'] = { ok: true, state: 'answering' };
    await says('answering');
    expect(states).toContainEqual({ state: 'replaced', by: 'ci' });
  });

  it.each([
    [{ ok: true, state: 'over' }, 'the lease ended'],
    [{ ok: false, code: 'NOT_LISTENING', detail: 'begin with `listen.start`' }, 'begin with `listen.start`'],
  ])('begins again after %j', async (answer, reason) => {
    listen();
    await says('listening');
    api.answers['listen.renew'] = answer;
    await says('lost');
    api.answers['listen.renew'] = { ok: true, state: 'answering' };
    await eventually(() => api.bodiesOf('listen.start').length === 2);
    expect(states).toContainEqual(expect.objectContaining({ state: 'lost', reason }));
  });
});

describe('what this machine answers to a call', () => {
  const call = async (path: string, timeoutMs = 15_000): Promise<unknown> => {
    const forwarder = listen();
    await says('listening');
    const { deliveryId: webhookId, ...request } = { ...copy('d'), path };
    return forwarder.call({ ...request, webhookId, capability: 'quote', timeoutMs });
  };

  it('goes back as it is', async () => {
    local.on('/fine', { status: 201, headers: { 'x-shop': 'yes' }, body: '{}' });
    expect(await call('/fine')).toMatchObject({
      status: 201,
      headers: { 'x-shop': 'yes' },
      body: Buffer.from('{}'),
    });
  });

  it('is too long', async () => {
    local.on('/long', { body: 'x'.repeat(1024 * 1024 + 1) });
    expect(await call('/long')).toEqual({ status: 200, tooLarge: true });
  });

  it('comes too late', async () => {
    local.on('/late', 'hang');
    expect(await call('/late', 200)).toEqual({
      failed: { code: 'TIMEOUT', message: 'no complete answer within 200 ms' },
    });
  });
});

describe('a key', () => {
  const keys = (forwarder: Forwarder, lines: string[]) => ({
    forwarder,
    url: 'https://breakwater.example/',
    output: { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) },
    stop: () => end.abort(),
  });

  it('sends the last one again, with a new signature, and shows it', async () => {
    const forwarder = listen();
    await says('listening');
    const lines: string[] = [];
    press('d', keys(forwarder, lines));
    expect(lines).toEqual(['nothing was received yet']);
    api.send(event(1));
    await eventually(() => out.length === 1);
    press('r', keys(forwarder, lines));
    await eventually(() => out.length === 2);
    expect(JSON.parse(out[1]!)).toMatchObject({ kind: 'event', id: 'd-e1', again: true, status: 200 });
    expect(api.bodiesOf('listen.requests')).toEqual([{ eventId: 'e1' }, { deliveryId: 'd-e1' }]);
    press('d', keys(forwarder, lines));
    expect(lines.join('\n')).toMatch(
      /POST \/hooks\n {2}content-type: application\/json\n[^]*answer: 200 in \d+ ms/,
    );
  });

  it.each(['q', '\u0003'])('%j ends', (key) => {
    press(key, keys(listen(), []));
    expect(end.signal.aborted).toBe(true);
  });
});

describe('breakwater listen', () => {
  const breakwater = async (...args: string[]): Promise<[number, string[]]> => {
    const lines: string[] = [];
    const write = (line: string): number => lines.push(line);
    const code = await run(['--url', api.url, '--key', 'bw_test', ...args], { out: write, err: write });
    return [code, lines];
  };

  it.each([
    [['listen', '--forward-to', '4000'], '--forward-to takes a URL'],
    [['listen'], "required option '--forward-to <url>' not specified"],
  ])('%j is a usage error', async (args, message) => {
    const [code, lines] = await breakwater(...args);
    expect(code).toBe(2);
    expect(lines.join()).toContain(message);
  });

  it('ends with the reason when the key may not listen', async () => {
    api.answers['listen.start'] = { ok: false, code: 'FORBIDDEN', detail: 'it may only read' };
    const [code, lines] = await breakwater('listen', '--forward-to', local.url);
    expect(code).toBe(4);
    expect(lines.at(-1)).toBe('Listening was refused: it may only read (FORBIDDEN)');
  });

  it('asks for no calls with --source, and says the cursor at its end', async () => {
    const ended = breakwater('listen', '--forward-to', local.url, '--source', 'code', '--limit', '1');
    await eventually(() => api.bodiesOf('feed.subscribe').length === 1);
    api.send(event(1), { ...event(2), eventType: 'inbound.code' });
    const [code, lines] = await ended;
    expect(code).toBe(0);
    expect(api.bodiesOf('listen.start')).toEqual([{ calls: false, capabilities: [] }]);
    expect(received()).toEqual(['d-e2']);
    expect(lines.at(-1)).toMatch(/^ended; go on by --since c[12]$/);
  });
});
