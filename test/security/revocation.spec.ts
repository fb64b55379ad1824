import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

/** Promised are 5 s; the rest is for requests on a busy machine. */
const WITHIN_MS = 6_000;

let platform: Platform;
let apis: Role[];
const sockets: Socket[] = [];

beforeAll(async () => {
  platform = await Platform.start({ env: { API_AUTH_FAILURES_PER_MINUTE: '0' } });
  apis = await Promise.all([platform.api(), platform.api()]);
  platform.receiver.on('/winner_selection', { status: 503 });
  const never = { failureThreshold: 1000 };
  const webhook = { fallback: { strategy: 'random_winner' }, circuitBreaker: never };
  await platform.register(apis[0]!, { winner_selection: webhook }, 'mine');
});

afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await platform?.stop();
});

interface Made {
  id: string;
  key: string;
}

interface Listener {
  socket: Socket;
  heard: unknown[];
}

async function newKey(more: object = {}): Promise<Made> {
  const request = { name: 'short', scopes: ['app'], appId: 'mine', ...more };
  return (await platform.client(apis[0]!).post('/api/v1/admin/api-keys', request)).json as Made;
}

const statuses = (key: string): Promise<number[]> =>
  Promise.all(apis.map(async (api) => (await platform.client(api, key).get('/api/v1/deliveries')).status));

const revoke = async ({ id }: Made): Promise<void> => {
  expect((await platform.client(apis[0]!).request('DELETE', `/api/v1/admin/api-keys/${id}`)).status).toBe(
    204,
  );
};
/** As if the process that revoked it had died before it notified the others. */
const revokeInSilence = async ({ id }: Made): Promise<void> => {
  await platform.rows('UPDATE api_keys SET revoked_at = now() WHERE id = $1', id);
};
/** Cuts in every process, again and again, the connection for hints. */
async function whileHintsAreCut<T>(work: () => Promise<T>): Promise<T> {
  const state = { cutting: true, cuts: 0 };
  const cutting = (async () => {
    while (state.cutting) {
      const rows = await platform.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'breakwater-hints' AND datname = current_database()`,
      );
      state.cuts += rows.length;
    }
  })();
  await eventually(() => state.cuts >= apis.length, { what: 'hints cut' });
  try {
    return await work();
  } finally {
    state.cutting = false;
    await cutting;
  }
}

const isShut = async (key: string): Promise<boolean> =>
  (await statuses(key)).every((status) => status === 401);

async function listen(api: Role, apiKey: string, roomId: string): Promise<Listener> {
  const socket = io(api.url.replace('localhost', '127.0.0.1'), {
    path: '/ws',
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { apiKey },
  });
  sockets.push(socket);
  const heard: unknown[] = [];
  socket.on('notification', (notice) => heard.push(notice));
  await new Promise((resolve, reject) => {
    socket.once('ready', resolve);
    socket.once('refused', (why: object) => reject(new Error(JSON.stringify(why))));
  });
  expect(await join(socket, roomId)).toEqual({ ok: true });
  return { socket, heard };
}
const join = (socket: Socket, roomId: string): Promise<{ ok: boolean }> =>
  socket.timeout(5_000).emitWithAck('join', { roomId }) as Promise<{ ok: boolean }>;
const fallBack = async (roomId: string): Promise<void> => {
  const context = { roomId, participants: ['ann'] };
  await platform.client(apis[0]!).invoke('mine', 'winner_selection', {}, { context });
};

/** Two listeners of a key that ends receive nothing more and are disconnected, in both processes; others stay. */
async function expectSentAway(roomId: string, end: (made: Made) => Promise<void>): Promise<void> {
  const made = await newKey();
  const others = await Promise.all(apis.map((api) => listen(api, platform.adminKey, roomId)));
  const its = await Promise.all(apis.map((api) => listen(api, made.key, roomId)));
  await fallBack(roomId);
  await eventually(() => [...others, ...its].every(({ heard }) => heard.length === 1), { what: 'a notice' });
  await end(made);
  const areGone = async (): Promise<boolean> => {
    await fallBack(roomId);
    return its.every(({ socket }) => socket.disconnected);
  };
  await eventually(areGone, { limitMs: WITHIN_MS, everyMs: 100 });
  const before = its.map(({ heard }) => heard.length);
  const next = others.map(({ heard }) => heard.length + 1);
  await fallBack(roomId);
  await eventually(() => others.every(({ heard }, n) => heard.length >= next[n]!), {
    what: 'the next notice',
  });
  expect(its.map(({ heard }) => heard.length)).toEqual(before);
  expect(others.every(({ socket }) => socket.connected)).toBe(true);
}

describe.concurrent('without a hint, within 5 s', () => {
  it('a revoked key is refused by every process', async () => {
    const made = await newKey();
    expect(await statuses(made.key)).toEqual([200, 200]);
    await revokeInSilence(made);
    await eventually(() => isShut(made.key), { limitMs: WITHIN_MS });
  });

  it('an expired key is refused by every process', async () => {
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const { key } = await newKey({ expiresAt });
    expect(await statuses(key)).toEqual([200, 200]);
    await eventually(() => isShut(key), { limitMs: 2_000 + WITHIN_MS });
    expect(Date.now()).toBeGreaterThan(Date.parse(expiresAt));
  });

  it('a listener in a room with a revoked key receives nothing more and is disconnected', async () => {
    await expectSentAway('in-silence', revokeInSilence);
  });

  it('a socket whose key was revoked enters no other room', async () => {
    const made = await newKey();
    const { socket } = await listen(apis[1]!, made.key, 'one');
    await revokeInSilence(made);
    const isRefused = async (): Promise<boolean> => !(await join(socket, 'another')).ok;
    await eventually(isRefused, { limitMs: WITHIN_MS, everyMs: 100 });
    expect(await isRefused()).toBe(true);
  });
});

describe('with hints', () => {
  it('a revoked key is refused by every process, at once', async () => {
    const made = await newKey();
    expect(await statuses(made.key)).toEqual([200, 200]);
    await revoke(made);
    await eventually(() => isShut(made.key), { limitMs: WITHIN_MS });
  });

  it('a listener in a room with a revoked key is disconnected', async () => {
    await expectSentAway('aloud', revoke);
  });

  it('a revoked key is refused even if the connections for hints are cut again and again', async () => {
    const made = await newKey();
    await whileHintsAreCut(async () => {
      expect(await statuses(made.key)).toEqual([200, 200]);
      await revoke(made);
      await eventually(() => isShut(made.key), { limitMs: WITHIN_MS });
    });
  });
});
