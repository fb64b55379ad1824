import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { Platform } from '../support/platform.js';
import { spawnRole } from '../support/roles.js';

const run = promisify(execFile);

describe('a new server, with a login for the processes that is not the owner', () => {
  let postgres: PrivatePostgres;
  let platform: Platform;
  let runtimeUrl: string;

  beforeAll(async () => {
    postgres = await PrivatePostgres.start({ migrated: false });
    runtimeUrl = postgres.url.replace('breakwater:test', 'processes:s%40cret');
    platform = await Platform.start({ databaseUrl: postgres.url });
  });
  afterAll(async () => {
    await platform?.stop();
    await postgres?.remove();
  });

  const migrate = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, DATABASE_URL: runtimeUrl, DATABASE_OWNER_URL: postgres.url };
    const file = join(root, 'dist/apps/standalone/src/migrate.js');
    return (await run(process.execPath, [file, ...args], { env })).stdout;
  };

  it('a process that starts before the migrations says what to run', async () => {
    const api = spawnRole('api', platform.env);
    expect((await api.end()).code).toBe(1);
    expect(api.output).toMatch(/breakwater cannot start: .*npm run migrate/);
  });

  it('npm run migrate creates tables, roles and the login, and may run again', async () => {
    expect(await migrate()).toMatch(/^applied: /);
    expect(await migrate()).toBe('the database is up to date\n');
  });

  it('the processes run as a role that owns nothing and may not become the owner, and deliver', async () => {
    const env = { DATABASE_URL: runtimeUrl };
    const [api] = await Promise.all([platform.api(env), platform.worker(env)]);
    const appId = await platform.register(api, { report: { async: true } });
    const { json } = await platform.client(api).invoke(appId, 'report');
    const isOver = async (): Promise<boolean> => (await platform.counts())['completed'] === 1;
    await eventually(isOver, { what: `end of ${json.deliveryId}` });
    const sessions = await platform.rows<{ name: string; may: boolean }>(
      `SELECT DISTINCT usename AS name, pg_has_role(usename, 'breakwater', 'MEMBER') AS may FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'breakwater%'`,
    );
    expect(sessions).toEqual([{ name: 'processes', may: false }]);
    const owned = `SELECT relname FROM pg_class WHERE relowner = 'processes'::regrole`;
    expect(await platform.rows(owned)).toEqual([]);
  });

  it('a migration is also reverted by the owner', async () => {
    expect(await migrate('--back', '1')).toMatch(/^reverted: /);
    expect(await migrate()).toMatch(/^applied: /);
  });
});
