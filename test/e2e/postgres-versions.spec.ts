import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Database } from '@breakwater/platform';
import { migrate } from '../../libs/platform/src/migrations/migrate.io.js';
import { DebianPostgres, postgresVersions } from '../support/debian-postgres.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';

// All other specs run on the version that `npm start` embeds. `npm run nightly` adds the others.
describe.each(postgresVersions())('on PostgreSQL $version', ({ folder }) => {
  let server: DebianPostgres;
  let platform: Platform;
  let client: HttpClient;
  let appId: string;
  beforeAll(async () => {
    server = await DebianPostgres.start(folder);
    await server.query('CREATE DATABASE breakwater');
    await migrate(server.url('breakwater'));
    platform = await Platform.start({ databaseUrl: server.url('breakwater') });
    const [api] = await Promise.all([platform.api(), platform.worker()]);
    appId = await platform.register(api, { ask: {}, report: { async: true } });
    client = platform.client(api);
  }, 90_000);
  afterAll(async () => {
    await platform?.stop();
    await server?.remove();
  });

  it('the migrations are up to date', async () => {
    expect(await migrate(server.url('breakwater'))).toEqual([]);
  });

  it('a sync call is answered, and an async one is delivered', async () => {
    platform.receiver.on('/ask', { body: '{"success":true,"data":42}' });
    expect((await client.invoke(appId, 'ask')).json).toMatchObject({ source: 'primary', data: 42 });
    expect((await client.invoke(appId, 'report')).status).toBe(202);
    const isDelivered = async (): Promise<boolean> => (await platform.counts())['completed'] === 2;
    await eventually(isDelivered, { limitMs: 30_000, what: 'the delivery' });
  });

  it('a failed one becomes a dead letter, and is delivered after a person retried it', async () => {
    platform.receiver.on('/report', { status: 400 });
    await client.invoke(appId, 'report');
    const letter = await eventually(
      async () => {
        const { items } = (await client.get('/api/v1/admin/dlq')).json;
        return items.length === 1 && (items[0] as { id: string });
      },
      { limitMs: 30_000, what: 'the dead letter' },
    );
    platform.receiver.on('/report', { status: 200 });
    expect((await client.post(`/api/v1/webhooks/${letter.id}/retry`)).json).toMatchObject({ count: 1 });
    const isDelivered = async (): Promise<boolean> => (await platform.counts())['completed'] === 3;
    await eventually(isDelivered, { limitMs: 30_000, what: 'the delivery that was retried' });
  });

  it('calls are counted', async () => {
    const total = async (): Promise<number> =>
      (await client.get(`/api/v1/admin/webhook-metrics/${appId}`)).json.totals.total as number;
    await eventually(async () => (await total()) === 4, { limitMs: 30_000, what: 'four calls' });
    expect(await total()).toBe(4);
  });

  it('a page of the list is read by an index', async () => {
    expect((await client.get('/api/v1/deliveries?status=completed')).json.items).toHaveLength(3);
    const database = new Database({ url: server.url('breakwater'), poolMax: 1 });
    const text = 'EXPLAIN SELECT * FROM deliveries WHERE app_id = $1 ORDER BY id DESC LIMIT 51';
    const plan = JSON.stringify(await database.listAs(appId, text, [appId]));
    await database.onApplicationShutdown();
    expect(plan).toContain('app_id_id_idx');
    expect(plan).not.toContain('Seq Scan');
  });
});
