import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { newKey, Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

interface Notice {
  appId: string;
  capability: string;
  roomId: string;
  data: { reason: string };
}
interface Listener {
  socket: Socket;
  heard: Notice[];
}

let platform: Platform;
let apis: Role[];
const sockets: Socket[] = [];

beforeAll(async () => {
  platform = await Platform.start();
  apis = await Promise.all([platform.api(), platform.api()]);
  const webhooks = { winner_selection: { timeout: 1000 } };
  for (const appId of ['mine', 'theirs']) await platform.register(apis[0]!, webhooks, appId);
  platform.receiver.on('/winner_selection', { status: 500 });
});

afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
afterAll(async () => platform?.stop());

function open(api: Role, auth: object): Socket {
  const socket = io(api.url.replace('localhost', '127.0.0.1'), {
    path: '/ws',
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth,
  });
  sockets.push(socket);
  return socket;
}
const next = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.once('connect_error', reject);
    setTimeout(() => reject(new Error(`no ${event} within 5 s`)), 5_000).unref();
  });
async function listen(api: Role, apiKey: string, roomId: unknown): Promise<Listener> {
  const socket = open(api, { apiKey });
  const heard: Notice[] = [];
  socket.on('notification', (notice: Notice) => heard.push(notice));
  await next(socket, 'ready');
  expect(await socket.timeout(5_000).emitWithAck('join', { roomId })).toEqual({ ok: true });
  return { socket, heard };
}
const appKey = (appId: string, scope = 'app') => platform.key(apis[0]!, { scopes: [scope], appId });
const fallBack = async (api: Role, appId: string, roomId: string): Promise<void> => {
  const context = { roomId, participants: ['ann'] };
  const { json } = await platform.client(api).invoke(appId, 'winner_selection', {}, { context });
  expect(json).toMatchObject({ source: 'fallback', data: expect.anything() });
};

describe("a fallback's notice", () => {
  it('reaches the room in every process: admins and its own app, nobody else', async () => {
    const [admin, owner, elsewhere, foreign] = await Promise.all([
      listen(apis[1]!, platform.adminKey, 'room-1'),
      listen(apis[1]!, await appKey('mine'), 'room-1'),
      listen(apis[0]!, await appKey('mine'), 'room-2'),
      listen(apis[0]!, await appKey('theirs'), 'room-1'),
    ]);
    await fallBack(apis[0]!, 'mine', 'room-1');
    await eventually(() => admin.heard.length > 0 && owner.heard.length > 0, { what: 'a notice' });
    const notice = {
      appId: 'mine',
      capability: 'winner_selection',
      roomId: 'room-1',
      data: { reason: 'http_error' },
    };
    expect(owner.heard).toMatchObject([notice]);
    expect(admin.heard).toMatchObject([notice]);
    // Hints arrive in order: a socket that gets this one would have got the other before.
    await fallBack(apis[0]!, 'theirs', 'room-1');
    await fallBack(apis[0]!, 'mine', 'room-2');
    await eventually(() => foreign.heard.length > 0 && elsewhere.heard.length > 0 && admin.heard.length > 1);
    expect(foreign.heard.map(({ appId }) => appId)).toEqual(['theirs']);
    expect(elsewhere.heard.map(({ roomId }) => roomId)).toEqual(['room-2']);
    expect(owner.heard).toHaveLength(1);
  });

  it('is stored too', async () => {
    const { json } = await platform
      .client(apis[0]!)
      .get('/api/v1/admin/notifications?kind=fallback_used&appId=mine');
    expect(json.items).toHaveLength(2);
    expect(json.items[0]).toMatchObject({ channel: 'in_app', roomId: expect.any(String), status: 'sent' });
  });
});

describe('a connection to the rooms', () => {
  it.each([
    ['no key', async () => ({}), 'UNAUTHENTICATED'],
    ['an unknown key', async () => ({ apiKey: newKey() }), 'UNAUTHENTICATED'],
    ['a malformed key', async () => ({ apiKey: { $ne: null } }), 'UNAUTHENTICATED'],
    ['a key that may only invoke', async () => ({ apiKey: await appKey('mine', 'invoke') }), 'FORBIDDEN'],
  ])('is refused for %s', async (_, auth, code) => {
    const socket = open(apis[0]!, await auth());
    const gone = next(socket, 'disconnect');
    expect(await next(socket, 'refused')).toEqual({ code });
    await gone;
  });

  it.each([[undefined], [null], [''], ['x'.repeat(256)], [7], [{}], [['a']]])(
    'has no room %j',
    async (roomId) => {
      const socket = open(apis[0]!, { apiKey: platform.adminKey });
      await next(socket, 'ready');
      const answer = (await socket.timeout(5_000).emitWithAck('join', { roomId })) as object;
      expect(answer).toMatchObject({ ok: false, code: 'INPUT_INVALID' });
    },
  );

  it.each([[undefined], [null], ['room'], [[]]])('refuses the message %j', async (body) => {
    const socket = open(apis[0]!, { apiKey: platform.adminKey });
    await next(socket, 'ready');
    expect(await socket.timeout(5_000).emitWithAck('join', body)).toMatchObject({
      ok: false,
      code: 'INPUT_INVALID',
    });
  });
});
