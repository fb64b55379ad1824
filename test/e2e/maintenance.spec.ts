import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { prepareDatabase } from '../../libs/platform/src/migrations/runtime-login.io.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

/** Seven weeks ago: that week is over, and older than the 30 days that deliveries are kept. */
const LONG_AGO = '49 days';

describe('maintenance, where the owner of the tables is no superuser and the processes own nothing', () => {
  let postgres: PrivatePostgres;
  let platform: Platform;
  let ownerUrl: string;
  let api: Role;
  let appId: string;

  beforeAll(async () => {
    postgres = await PrivatePostgres.start({ migrated: false });
    const superuser = new pg.Client({ connectionString: postgres.url });
    await superuser.connect();
    await superuser.query(`CREATE ROLE boss LOGIN PASSWORD 'b' CREATEROLE`);
    await superuser.query('CREATE DATABASE installation OWNER boss');
    await superuser.end();
    const login = (name: string): string =>
      postgres.url.replace('breakwater:test', `${name}:b`).replace(/\/breakwater$/, '/installation');
    ownerUrl = login('boss');
    await prepareDatabase({ url: login('processes'), ownerUrl });
    platform = await Platform.start({ databaseUrl: postgres.url.replace(/\/breakwater$/, '/installation') });
    platform.env['DATABASE_URL'] = login('processes');
    api = await platform.api();
    appId = await platform.register(api, { report: { async: true, retry: { maxAttempts: 1 } } });
  });
  afterAll(async () => {
    await platform?.stop();
    await postgres?.remove();
  });

  const breakwater = async (...args: string[]): Promise<string> => {
    const cli = join(root, 'dist/apps/cli/src/main.js');
    const options = ['--url', api.url, '--key', platform.adminKey, ...args];
    return (await promisify(execFile)(process.execPath, [cli, ...options])).stdout;
  };
  /** As the owner: makes a delivery, and what belongs to it, old. */
  async function age(id: string): Promise<string> {
    const [old] = await platform.rows<{ id: string }>(
      `SELECT overlay(uuid_floor(now() - interval '${LONG_AGO}')::text PLACING right($1, 22) FROM 15) AS id`,
      id,
    );
    for (const statement of [
      `UPDATE deliveries SET id = $2, created_at = created_at - interval '${LONG_AGO}',
         finished_at = finished_at - interval '${LONG_AGO}' WHERE id = $1`,
      'UPDATE attempts SET delivery_id = $2 WHERE delivery_id = $1',
      'UPDATE webhook_dead_letter_queue SET delivery_id = $2 WHERE delivery_id = $1',
    ]) {
      await platform.rows(statement, id, old!.id);
    }
    return old!.id;
  }
  async function deliver(): Promise<string> {
    const { json } = await platform.client(api).invoke(appId, 'report');
    const id = json.deliveryId as string;
    await eventually(
      async () =>
        (await platform.rows('SELECT 1 FROM deliveries WHERE id = $1 AND finished_at IS NOT NULL', id))
          .length === 1,
      { limitMs: 45_000, what: 'the end of a delivery' },
    );
    return id;
  }

  it('is done by a worker when it starts: partitions are created', async () => {
    await platform.rows("SELECT make_partitions(now() - interval '60 days')");
    await platform.worker();
    const left = (): Promise<{ name: string }[]> =>
      platform.rows(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'deliveries'::regclass`,
      );
    // Those of seven and eight weeks ago are gone, the others exist.
    await eventually(async () => (await left()).length <= 8, { what: 'old partitions dropped' });
    expect((await left()).length).toBeGreaterThanOrEqual(7);
  });

  it('by hand removes expired rows, and keeps what a person has to look at', async () => {
    await platform.rows("SELECT make_partitions(now() - interval '60 days')");
    const done = await age(await deliver());
    platform.receiver.on('/report', { status: 400 });
    const dead = await age(await deliver());
    const young = await deliver();
    const printed = await breakwater('maintenance');
    expect(printed).toMatch(/^dropped deliveries_\d{8}: about \d+ rows, 1 kept$/m);
    const client = platform.client(api);
    expect((await client.get(`/api/v1/deliveries/${done}`)).status).toBe(404);
    expect((await client.get(`/api/v1/deliveries/${young}`)).status).toBe(200);
    // With its attempt, and it can be sent again.
    platform.receiver.on('/report');
    const [letter] = (await client.get('/api/v1/admin/dlq')).json.items.filter(
      (item: { deliveryId: string }) => item.deliveryId === dead,
    ) as { id: string }[];
    expect(letter).toBeDefined();
    expect((await client.post(`/api/v1/admin/dlq/${letter!.id}/retry`, {})).status).toBeLessThan(300);
    await eventually(
      async () => (await client.get(`/api/v1/deliveries/${dead}`)).json.status === 'completed',
      { what: 'the redelivery' },
    );
    expect((await client.get(`/api/v1/deliveries/${dead}`)).json.attempts).toBe(2);
    expect(await breakwater('maintenance')).toBe('nothing to do\n');
  });

  it('is refused while another process is doing it', async () => {
    const other = new pg.Client({ connectionString: platform.env['DATABASE_URL'] });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(740211, hashtext('maintenance'))`);
    const { status, json } = await platform.client(api).post('/api/v1/admin/maintenance', {});
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'MAINTENANCE_RUNNING' });
    await other.end();
  });

  it('is in the audit log', async () => {
    const { json } = await platform.client(api).get('/api/v1/admin/audit-log?action=maintenance.run');
    expect(json.items[0]).toMatchObject({ outcome: 'refused', status: 409 });
    expect(json.items[1]).toMatchObject({ outcome: 'done', detail: { deadLetters: 0 } });
  });
});
