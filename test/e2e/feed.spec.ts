import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { transactionsOver } from '@breakwater/testing/transactions-over.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { Watcher } from '../support/watcher.js';

let platform: Platform;
let apis: Role[];
const watchers: Watcher[] = [];

beforeAll(async () => {
  platform = await Platform.start({
    env: { FEED_BUFFER_BYTES: '65536', WEBHOOK_RETRY_INITIAL_DELAY: '100' },
  });
  apis = await Promise.all([platform.api(), platform.api()]);
  await platform.worker();
  for (const appId of ['mine', 'theirs']) {
    await platform.register(apis[0]!, { report: { async: true }, ask: {} }, appId);
  }
});
// What earlier tests wrote is not shown to a watcher of this one.
beforeEach(() => transactionsOver((sql) => platform.rows(sql)));
afterEach(() => watchers.splice(0).forEach((each) => each.disconnect()));
afterAll(async () => platform?.stop());

function watcher(key: string = platform.adminKey, scope: unknown = 'global'): Watcher {
  const made = new Watcher(key, scope);
  watchers.push(made);
  return made;
}
const appKey = (appId: string, scope = 'app'): Promise<string> =>
  platform.key(apis[0]!, { scopes: [scope], appId });
const invoke = async (appId: string, capability = 'report'): Promise<string> => {
  const answer = await platform.client(apis[0]!).invoke(appId, capability);
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.json.deliveryId as string;
};
const statusesOf = ({ items }: Watcher, id: string): string[] =>
  items.filter((item) => item.id === id).map(({ status }) => status);
/** Attempts, as a worker would write them. */
const attempts = (count: number, appId = 'mine'): Promise<unknown> =>
  platform.rows(
    `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, outcome, next)
     SELECT gen_random_uuid(), 1, $1, gen_random_uuid(), 'report', now(), 'delivered', 'done' FROM generate_series(1, $2)`,
    appId,
    count,
  );

describe('the live feed', () => {
  it('shows what other processes did: a call received and forwarded', async () => {
    const [admin, owner] = [watcher(), watcher(await appKey('mine'), { appId: 'mine' })];
    for (const each of [admin, owner]) expect(await each.connect(apis[1]!)).toMatchObject({ ok: true });
    const id = await invoke('mine');
    for (const each of [admin, owner])
      await eventually(() => statusesOf(each, id).includes('forwarded'), { what: 'forwarded' });
    // On a busy machine a call may come too late and be repeated.
    const others = statusesOf(owner, id).filter((status) => status !== 'retrying');
    expect(others).toEqual(['received', 'forwarded']);
    expect(owner.items[0]).toMatchObject({
      projectId: 'mine',
      eventType: 'report',
      retryCount: 0,
      deliveryId: id,
    });
  });

  it('shows an event once, then its deliveries', async () => {
    const admin = watcher();
    await admin.connect(apis[1]!);
    const about = { name: 'Shop', ownerEmail: 'owner@example.com', baseUrl: platform.receiver.url };
    const subscriptions = {
      one: { url: '/one', events: ['order.*'] },
      two: { url: '/two', events: ['order.*'] },
    };
    const manifest = { ...about, webhooks: {}, subscriptions };
    await platform.client(apis[0]!).put('/api/v1/admin/apps/shop/manifest', manifest);
    const event = { appId: 'shop', type: 'order.created', payload: {} };
    const { json } = await platform.client(apis[0]!).post('/api/v1/events', event);
    await eventually(() => admin.items.filter(({ eventId }) => eventId === json.eventId).length >= 3);
    const items = admin.items.filter(({ eventId }) => eventId === json.eventId);
    expect(items.map(({ status }) => status)).toEqual(['received', 'forwarded', 'forwarded']);
    expect(items[0]).toMatchObject({ id: json.eventId, eventType: 'order.created', projectId: 'shop' });
  });

  it('shows a failed sync call', async () => {
    platform.receiver.on('/ask', { status: 500 });
    const admin = watcher();
    await admin.connect(apis[0]!);
    await platform.client(apis[1]!).invoke('mine', 'ask');
    await eventually(() => admin.items.some(({ status }) => status === 'failed'));
    const ofCall = admin.items.filter(({ eventType }) => eventType === 'ask');
    expect(ofCall.map(({ status }) => status)).toEqual(['received', 'failed']);
  });

  it('shows an app’s key nothing of another app', async () => {
    const [mine, theirs] = [
      watcher(await appKey('mine'), { appId: 'mine' }),
      watcher(await appKey('theirs'), { appId: 'theirs' }),
    ];
    for (const each of [mine, theirs]) await each.connect(apis[1]!);
    await invoke('theirs');
    await invoke('mine');
    await eventually(() => [mine, theirs].every(({ items }) => items.length >= 2));
    expect(new Set(mine.items.map(({ projectId }) => projectId))).toEqual(new Set(['mine']));
    expect(new Set(theirs.items.map(({ projectId }) => projectId))).toEqual(new Set(['theirs']));
  });

  it('still shows a disabled app to its own key', async () => {
    const owner = watcher(await appKey('theirs'), { appId: 'theirs' });
    await owner.connect(apis[1]!);
    await platform.rows(`UPDATE apps SET status = 'disabled' WHERE id = 'theirs'`);
    await attempts(1, 'theirs');
    await eventually(() => owner.items.length > 0);
    expect(owner.items).toMatchObject([{ projectId: 'theirs', status: 'forwarded' }]);
    await platform.rows(`UPDATE apps SET status = 'active' WHERE id = 'theirs'`);
  });
});

describe('a subscription to the feed', () => {
  it.each<[string, () => Promise<string>, unknown, string]>([
    ['everything, with an app’s key', () => appKey('mine'), { scope: 'global' }, 'FORBIDDEN'],
    ['everything, with a reading key', () => appKey('mine', 'read'), { scope: 'global' }, 'FORBIDDEN'],
    ['another app', () => appKey('mine'), { scope: { appId: 'theirs' } }, 'APP_NOT_FOUND'],
    [
      'an app that does not exist',
      async () => platform.adminKey,
      { scope: { appId: 'none' } },
      'APP_NOT_FOUND',
    ],
    ['no scope', async () => platform.adminKey, {}, 'INPUT_INVALID'],
    ['nothing', async () => platform.adminKey, null, 'INPUT_INVALID'],
    ['a group', async () => platform.adminKey, { scope: 'app:mine' }, 'INPUT_INVALID'],
    ['a foreign cursor', async () => platform.adminKey, { scope: 'global', cursor: 'x' }, 'CURSOR_INVALID'],
    [
      'a cursor that is no text',
      async () => platform.adminKey,
      { scope: 'global', cursor: [] },
      'CURSOR_INVALID',
    ],
  ])('of %s is refused', async (_, key, body, code) => {
    const client = watcher(await key(), { appId: 'mine' });
    await client.connect(apis[0]!);
    expect(await client.subscribe(body)).toEqual({
      ok: false,
      code,
      detail: expect.stringMatching(/^[^\n]{10,150}$/),
    });
  });

  it('ends with its key: a revoked one gets nothing more', async () => {
    const request = { name: 'short', scopes: ['app'], appId: 'mine' };
    const { json } = await platform.client(apis[0]!).post('/api/v1/admin/api-keys', request);
    const revoked = watcher(json.key, { appId: 'mine' });
    await revoked.connect(apis[1]!);
    await platform.client(apis[0]!).request('DELETE', `/api/v1/admin/api-keys/${json.id}`);
    await eventually(() => revoked.disconnects.length > 0);
    await expect(revoked.connect(apis[1]!)).rejects.toThrow('io server disconnect');
  });

  it('ends with its key also when the hint about it is lost', async () => {
    const request = { name: 'short', scopes: ['app'], appId: 'mine' };
    const { json } = await platform.client(apis[0]!).post('/api/v1/admin/api-keys', request);
    const revoked = watcher(json.key, { appId: 'mine' });
    await revoked.connect(apis[1]!);
    await platform.rows('UPDATE api_keys SET revoked_at = now() WHERE id = $1', json.id);
    await eventually(async () => {
      await attempts(1);
      return revoked.disconnects.length > 0;
    });
    expect(revoked.disconnects).toEqual(['io server disconnect']);
  });
});

describe('a watcher', () => {
  it('that comes back to another api goes on after its last item', async () => {
    const client = watcher();
    await client.connect(apis[0]!);
    await attempts(10);
    await eventually(() => client.items.length >= 10);
    client.disconnect();
    for (let n = 0; n < 50; n++) await attempts(100);
    await client.connect(apis[1]!);
    await eventually(() => client.items.length >= 5_010);
    expect(client.gaps).toEqual([]);
    expect(new Set(client.items.map(({ id }) => id)).size).toBe(5_010);
    expect(client.items).toHaveLength(5_010);
  });

  it('that stops reading is disconnected with the reason, and the others get everything', async () => {
    const [stalled, reading] = [watcher(), watcher()];
    for (const each of [stalled, reading]) await each.connect(apis[1]!);
    stalled.read(false);
    const dropped = (): boolean => apis[1]!.output.includes('did not read and is disconnected');
    let written = 0;
    // As much as the network buffers, and some more.
    while (!dropped()) {
      await attempts(1_000);
      written += 1_000;
      await eventually(() => reading.items.length >= written, { what: 'the other has all' });
    }
    stalled.read(true);
    await eventually(() => stalled.disconnects.length > 0);
    if (stalled.dropped.length > 0) expect(stalled.dropped).toMatchObject([{ reason: 'slow_reader' }]);
    // It goes on where it was.
    await stalled.connect(apis[0]!);
    await eventually(() => stalled.items.length >= written);
    expect(stalled.items.map(({ id }) => id)).toEqual(reading.items.map(({ id }) => id));
  });

  it('is disconnected when its api stops, and that api reads no more', async () => {
    const api = await platform.api();
    const client = watcher();
    await client.connect(api);
    const { code } = await api.stop();
    expect(code).toBe(0);
    await eventually(() => client.disconnects.length > 0);
    expect(client.disconnects).toEqual(['io server disconnect']);
  });
});

it.each([['a room', 'join', { roomId: randomUUID() }]])(
  'the feed and %s are heard on one connection',
  async (_, event, body) => {
    const client = watcher();
    await client.connect(apis[0]!);
    expect(await client.socket!.timeout(30_000).emitWithAck(event, body)).toEqual({ ok: true });
    await attempts(1);
    await eventually(() => client.items.length > 0);
  },
);

describe('breakwater feed', () => {
  const cli = (command: string): ChildProcess =>
    spawn('/bin/sh', ['-c', command], {
      cwd: root,
      env: {
        PATH: '/usr/bin:/bin',
        NODE: process.execPath,
        CLI: join(root, 'dist/apps/cli/src/main.js'),
        BREAKWATER_URL: apis[0]!.url.replace('localhost', '127.0.0.1'),
        BREAKWATER_API_KEY: platform.adminKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
    return { code: await code, out, err };
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 at %s', async (signal) => {
    const child = cli('exec "$NODE" "$CLI" feed --json');
    const first = new Promise((resolve) => child.stdout!.once('data', resolve));
    const end = ended(child);
    const state = { isOver: false };
    void first.then(() => (state.isOver = true));
    await eventually(async () => (await attempts(1), state.isOver));
    child.kill(signal);
    expect(await end).toMatchObject({ code: 0, err: '' });
  });

  it('ends when nobody reads its output any more', async () => {
    const child = cli('"$NODE" "$CLI" deliveries tail | head -n 1');
    const state = { isOver: false };
    const end = ended(child).finally(() => (state.isOver = true));
    await eventually(async () => (await attempts(1), state.isOver));
    expect(await end).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\S+ +forwarded .*\n$/),
    });
  });
});
