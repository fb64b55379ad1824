import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database, PrismaService, Replica } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { migrate } from '../../libs/platform/src/migrations/migrate.io.js';
import { DebianPostgres, hasDebianPostgres } from '../support/debian-postgres.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';

describe.skipIf(!hasDebianPostgres)('a replica', () => {
  let primary: DebianPostgres;
  let standby: DebianPostgres;
  let platform: Platform;
  let admin: HttpClient;
  let owner: HttpClient;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    primary = await DebianPostgres.start();
    await primary.query('CREATE DATABASE breakwater');
    await migrate(primary.url('breakwater'));
    standby = await DebianPostgres.follow(primary, 'second');
    platform = await Platform.start({
      databaseUrl: primary.url('breakwater'),
      env: { DATABASE_REPLICA_URL: standby.url('breakwater'), DATABASE_REPLICA_MAX_LAG: '60s' },
    });
    const api = await platform.api();
    for (const appId of ['shop', 'bank']) await platform.register(api, { report: { async: true } }, appId);
    admin = platform.client(api);
    owner = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'shop' }));
    await admin.invoke('shop', 'report');
    await admin.invoke('bank', 'report');
    await eventually(() => isUsed(), { what: 'the use of the replica' });
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
    await platform?.stop();
    await standby?.remove();
    await primary?.remove();
  });

  const stateOf = async (): Promise<{ status: string; detail: string }> =>
    (await admin.get('/readyz')).json.details.replica;
  const isUsed = async (): Promise<boolean> => (await stateOf()).status === 'up';
  const listed = async (client: HttpClient, query = ''): Promise<string[]> => {
    const { items } = (await client.get(`/api/v1/deliveries${query}`)).json;
    return (items as { appId: string }[]).map(({ appId }) => appId).toSorted();
  };
  /** What is read from the standby stays as it was. */
  async function paused<T>(work: () => Promise<T>): Promise<T> {
    await standby.query('SELECT pg_wal_replay_pause()');
    try {
      return await work();
    } finally {
      await standby.query('SELECT pg_wal_replay_resume()');
    }
  }
  /** A replica with a limit of its own, on a pool of its own. */
  function replicaAt(url: string, maxLagMs: number): { database: Database; replica: Replica } {
    const database = new Database({ url: primary.url('breakwater'), poolMax: 2 });
    const replica = new Replica(database, { url, maxLagMs });
    database.replica = replica;
    ends.push(() => database.onApplicationShutdown());
    return { database, replica };
  }

  it('serves the lists of past deliveries, events and audited actions, for each app only its own', async () => {
    await eventually(async () => (await listed(admin)).length === 2, { what: 'two deliveries' });
    const counts = async (): Promise<number[]> =>
      Promise.all(
        ['/api/v1/events', '/api/v1/admin/audit-log?action=apps.register'].map(
          async (path) => ((await admin.get(path)).json.items as unknown[]).length,
        ),
      );
    const before = await counts();
    await paused(async () => {
      for (const appId of ['shop', 'bank']) await admin.invoke(appId, 'report');
      await owner.post('/api/v1/events', { type: 'order.created', payload: 1 });
      expect(await listed(admin)).toEqual(['bank', 'shop']);
      expect(await listed(owner)).toEqual(['shop']);
      expect(await counts()).toEqual(before);
    });
    await eventually(async () => (await listed(owner)).length === 2, { what: 'what came meanwhile' });
  });

  it('does not serve what somebody may have made just now', async () => {
    await paused(async () => {
      const made = await admin.invoke('shop', 'report', {}, {}, { headers: { 'idempotency-key': 'now' } });
      expect((await owner.get(`/api/v1/deliveries/${made.json.deliveryId}`)).status).toBe(200);
      expect(await listed(owner, '?idempotencyKey=now')).toEqual(['shop']);
    });
  });

  it('holds the rights of an app, in statements by hand and by Prisma', async () => {
    const { database, replica } = replicaAt(standby.url('breakwater'), 60_000);
    const prisma = new PrismaService(database);
    ends.push(() => prisma.onApplicationShutdown());
    await eventually(async () => (await replica.away()) === null, { what: 'the use of the replica' });
    const text = 'SELECT DISTINCT app_id AS app, pg_is_in_recovery() AS "isStandby" FROM deliveries';
    expect(await database.historyAs('bank', text, [])).toEqual([{ app: 'bank', isStandby: true }]);
    expect(await database.historyAs('nobody', text, [])).toEqual([]);
    const apps = await prisma.listHistoryAs('bank', (db) => db.delivery.groupBy({ by: ['appId'] }));
    expect(apps.map(({ appId }) => appId)).toEqual(['bank']);
    const role = 'SELECT current_user AS role';
    expect(await database.historyAs(null, role, [])).toEqual([{ role: 'breakwater_service' }]);
  });

  it('that is further behind than the limit is not read until it has caught up', async () => {
    const { database, replica } = replicaAt(standby.url('breakwater'), 300);
    const text = 'SELECT pg_is_in_recovery() AS "isStandby"';
    await eventually(async () => (await replica.away()) === null, { what: 'the use of the replica' });
    await paused(async () => {
      await primary.query('CREATE TABLE something ()');
      const isBehind = async (): Promise<boolean> =>
        (await replica.away()) === 'it is more than 300 ms behind';
      await eventually(isBehind, { what: 'that it is behind' });
      expect(await database.historyAs(null, text, [])).toEqual([{ isStandby: false }]);
    });
    await eventually(async () => (await replica.away()) === null, { what: 'that it has caught up' });
    expect(await database.historyAs(null, text, [])).toEqual([{ isStandby: true }]);
  });

  it('stays in use while the primary writes nothing', async () => {
    const { replica } = replicaAt(standby.url('breakwater'), 300);
    await eventually(async () => (await replica.away()) === null, { what: 'the use of the replica' });
    for (let looks = 0; looks < 3; looks++) expect(await replica.away()).toBeNull();
  });

  it('that is no standby is not read', async () => {
    const { replica } = replicaAt(primary.url('breakwater'), 60_000);
    await eventually(async () => (await replica.away()) === 'it is no standby', { what: 'the reason' });
    expect(
      await replica.read(
        async () => 'replica',
        async () => 'primary',
      ),
    ).toBe('primary');
  });

  it('that is away is not read, which degrades the process and fails no request', async () => {
    await standby.stop();
    expect((await listed(admin)).length).toBeGreaterThan(4);
    expect(await stateOf()).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('history and metrics are read from the primary: '),
    });
    expect((await admin.get('/readyz')).status).toBe(200);
    await standby.startAgain();
    await eventually(isUsed, { what: 'the use of the replica' });
  });

  it('that was promoted is not read any more', async () => {
    await standby.query('SELECT pg_promote()');
    const isKnown = async (): Promise<boolean> => (await stateOf()).detail.endsWith(': it is no standby');
    await eventually(isKnown, { what: 'the reason' });
    expect((await listed(admin)).length).toBeGreaterThan(4);
  });
});
