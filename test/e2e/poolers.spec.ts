import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDatabases } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { backends, Platform } from '../support/platform.js';
import { hasProgram, PgBouncer } from '../support/poolers.js';
import { spawnRole } from '../support/roles.js';

const CALLS = 40;
/** All platforms of this file share one database. */
const ENCRYPTION_KEYS = `k1:${randomBytes(32).toString('base64')}`;
const UP = { database: { status: 'up' }, hints: { status: 'up' }, queue: { status: 'up' } };

describe.skipIf(!hasProgram('/usr/sbin/pgbouncer'))('behind PgBouncer', { timeout: 180_000 }, () => {
  let postgres: PrivatePostgres;
  let bouncer: PgBouncer;
  const platforms: Platform[] = [];

  beforeAll(async () => {
    postgres = await PrivatePostgres.start();
    bouncer = await PgBouncer.to(postgres.url);
  });
  afterAll(async () => {
    for (const platform of platforms) await platform.stop();
    await bouncer?.remove();
    await postgres?.remove();
  });

  const start = async (env: Record<string, string>, backend = backends().at(-1)!): Promise<Platform> => {
    const platform = await Platform.start({
      databaseUrl: postgres.url,
      backend,
      env: { ENCRYPTION_KEYS, ...env },
    });
    platforms.push(platform);
    return platform;
  };

  /** What a client without any settings finds in the sessions that the pooler lends. */
  const lent = async (): Promise<unknown> => {
    const client = new pg.Client({ connectionString: bouncer.url('transaction') });
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_user AS role, current_setting('jit') AS jit,
         (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`,
    );
    await client.end();
    return rows[0];
  };

  const refusal = async (url: string, sessionUrl?: string): Promise<string> => {
    const refused: unknown = await checkDatabases({ url, sessionUrl }).catch((error: unknown) => error);
    return (refused as Error).message;
  };

  describe.each(backends())('with the queue in %s', (backend) => {
    it.each<[string, () => Record<string, string>]>([
      ['in session mode', () => ({ DATABASE_URL: bouncer.url('session') })],
      [
        'in transaction mode, with DATABASE_SESSION_URL',
        () => ({ DATABASE_URL: bouncer.url('transaction'), DATABASE_SESSION_URL: bouncer.url('session') }),
      ],
    ])('%s all calls are answered or delivered, and all is up', async (_, env) => {
      const platform = await start(env(), backend);
      const [api] = await Promise.all([platform.api(), platform.worker()]);
      const admin = platform.client(api);
      const appId = await platform.register(api, { report: { async: true }, ask: {} });
      platform.receiver.on('/ask', { body: '{"right":true}' });
      const key = await platform.key(api, { scopes: ['app'], appId });
      const calls = Array.from({ length: CALLS }, () => admin.invoke(appId, 'report'));
      expect((await admin.invoke(appId, 'ask')).json).toMatchObject({ data: { right: true } });
      for (const { status } of await Promise.all(calls)) expect(status).toBe(202);
      const isOver = async (): Promise<boolean> => {
        const { json } = await platform.client(api, key).get(`/api/v1/deliveries?status=completed&limit=100`);
        return (json.items as unknown[]).length >= CALLS;
      };
      await eventually(isOver, { what: `${CALLS} deliveries completed, seen by the app’s own key` });
      expect(await platform.client(api).get('/readyz')).toMatchObject({ status: 200, json: { details: UP } });
      expect(await lent()).toMatchObject({ role: 'breakwater', jit: 'on', prepared: 0 });
      await Promise.all(platform.roles.map((role) => role.stop()));
    });
  });

  it('in transaction mode a process without DATABASE_SESSION_URL refuses to start', async () => {
    const { env } = await start({ DATABASE_URL: bouncer.url('transaction') });
    const role = spawnRole('worker', env);
    expect(await role.end()).toMatchObject({ code: 1 });
    expect(role.output.trimEnd()).toMatch(
      /^breakwater cannot start: 127\.0\.0\.1:\d+ is a pooler that lends a session of PostgreSQL for one transaction; set its pool_mode to session, or to transaction with DATABASE_SESSION_URL for the way past it$/,
    );
  });

  it('a DATABASE_SESSION_URL in transaction mode is refused', async () => {
    const url = bouncer.url('transaction');
    expect(await refusal(url, url)).toMatch(
      /one transaction; let DATABASE_SESSION_URL name PostgreSQL itself, or set its pool_mode to session$/,
    );
  });

  it('a DATABASE_SESSION_URL of another database is refused', async () => {
    expect(await refusal(bouncer.url('transaction'), bouncer.url('other'))).toMatch(
      /^DATABASE_SESSION_URL leads to another database than DATABASE_URL/,
    );
  });

  it('statement mode is refused', async () => {
    expect(await refusal(bouncer.url('statement'), postgres.url)).toMatch(
      /lends a session of PostgreSQL for one statement; set its pool_mode/,
    );
  });

  it('startup parameters in a URL are refused', async () => {
    expect(await refusal(`${bouncer.url('session')}?options=-c%20jit%3Doff`)).toMatch(
      /refuses the startup parameter options; remove options from DATABASE_URL$/,
    );
  });

  it('a running api says down, and what to set, when the pooler is changed to transaction mode', async () => {
    const platform = await start({ DATABASE_URL: bouncer.url('changing') });
    const client = platform.client(await platform.api());
    expect((await client.get('/readyz')).status).toBe(200);
    bouncer.change('transaction');
    const isDown = async (): Promise<boolean> => {
      await Promise.all(Array.from({ length: 5 }, () => client.get('/readyz')));
      const { status, json } = await client.get('/readyz');
      return status === 503 && /pool_mode of the pooler to session/.test(json.details.database.detail);
    };
    await eventually(isDown, { what: 'readyz says down' });
  });
});
