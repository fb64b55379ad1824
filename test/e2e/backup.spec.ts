import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import {
  DebianPostgres,
  hasDebianPostgres,
  postgresFolder,
  debianPrograms,
  runProgram,
} from '../support/debian-postgres.js';
import { Platform } from '../support/platform.js';
import { spawnRole } from '../support/roles.js';

const run = promisify(execFile);

const OWNER = 'breakwater_owner';
const LOGIN = 'breakwater_login';
/** As in docs/operations/backup-and-restore.md: the queue holds hints only, and `npm run migrate` creates it again. */
const AS_SERVICE = ['--role=breakwater_service', '--enable-row-security', '--exclude-schema=bullmq'];

/** `npm run migrate` as the owner of the database. @returns its output, both streams */
async function migrate(server: DebianPostgres, database: string): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: server.url(database, LOGIN),
    DATABASE_OWNER_URL: server.url(database, OWNER),
  };
  const file = join(root, 'dist/apps/standalone/src/migrate.js');
  const said = await run(process.execPath, [file], { env }).catch((error: { stderr: string }) => error);
  return 'stdout' in said ? said.stdout + said.stderr : said.stderr;
}

/** Makes an empty file. @returns its path */
async function touch(file: string): Promise<string> {
  await writeFile(file, '');
  return file;
}

describe.skipIf(!hasDebianPostgres)('with the programs of Debian’s PostgreSQL', () => {
  let folder: string;
  let rolesFile: string;
  const servers: DebianPostgres[] = [];

  beforeAll(async () => {
    folder = postgresFolder();
    // PostgreSQL's user can read it there, whoever owns the checkout.
    rolesFile = join(folder, 'roles.sql');
    await copyFile(join(root, 'prisma/roles.sql'), rolesFile);
  });
  afterAll(() => Promise.all(servers.map((server) => server.remove())));

  async function newServer(): Promise<DebianPostgres> {
    const server = await DebianPostgres.start();
    servers.push(server);
    return server;
  }

  /** As the administrator. */
  const makeRoles = (server: DebianPostgres): string =>
    runProgram('psql', [
      '-X',
      '-d',
      server.url('postgres'),
      '-v',
      `owner=${OWNER}`,
      '-v',
      `login=${LOGIN}`,
      '-f',
      rolesFile,
    ]);
  const makeDatabase = (server: DebianPostgres, name: string): Promise<unknown> =>
    server.query(`CREATE DATABASE ${name} OWNER ${OWNER}`);

  describe('an owner without CREATEROLE', () => {
    let server: DebianPostgres;
    beforeAll(async () => {
      server = await newServer();
      await server.query(`CREATE ROLE ${OWNER} LOGIN`);
      await makeDatabase(server, 'breakwater');
    });

    it('is refused in one sentence while the roles are missing', async () => {
      expect(await migrate(server, 'breakwater')).toBe(
        `breakwater cannot start: login "${OWNER}" may not make, change or grant the role "breakwater_service"; let an administrator run prisma/roles.sql, then run npm run migrate again\n`,
      );
    });

    it('is refused in one sentence while it is no member of them', async () => {
      await server.query('CREATE ROLE breakwater_service; CREATE ROLE breakwater_tenant');
      expect(await migrate(server, 'breakwater')).toMatch(/may not make, change or grant the role/);
    });

    it('migrates after an administrator ran prisma/roles.sql, which may be run again', async () => {
      makeRoles(server);
      makeRoles(server);
      expect(await migrate(server, 'breakwater')).toMatch(/^applied: /);
      expect(await migrate(server, 'breakwater')).toBe('the database is up to date\n');
      expect(
        await server.query(`SELECT rolcreaterole, rolsuper FROM pg_roles WHERE rolname = '${OWNER}'`),
      ).toEqual([{ rolcreaterole: false, rolsuper: false }]);
    });

    it('and is refused again when the login of the processes is unknown', async () => {
      await server.query(`REVOKE breakwater_tenant FROM ${LOGIN}`);
      expect(await migrate(server, 'breakwater')).toMatch(`the role "${LOGIN}"; let an administrator run`);
      makeRoles(server);
      expect(await migrate(server, 'breakwater')).toBe('the database is up to date\n');
    });
  });

  describe('a backup', () => {
    let source: DebianPostgres;
    let platform: Platform;
    let appId: string;
    let deliveryId: string;
    const key = randomUUID();
    const idempotent = { headers: { 'idempotency-key': key } };
    const file = (name: string): string => join(folder, `${name}.dump`);

    beforeAll(async () => {
      source = await newServer();
      makeRoles(source);
      await makeDatabase(source, 'breakwater');
      await migrate(source, 'breakwater');
      platform = await Platform.start({ databaseUrl: source.url('breakwater') });
      const env = { DATABASE_URL: source.url('breakwater', LOGIN) };
      const [api, worker] = await Promise.all([platform.api(env), platform.worker(env)]);
      appId = await platform.register(api, { report: { async: true } });
      const first = await platform.client(api).invoke(appId, 'report', { n: 1 }, {}, idempotent);
      deliveryId = first.json.deliveryId as string;
      const isDelivered = async (): Promise<boolean> => (await platform.counts())['completed'] === 1;
      await eventually(isDelivered, { limitMs: 45_000, what: 'the delivery' });
      // One that is not delivered yet.
      await worker.stop();
      await platform.client(api).invoke(appId, 'report', { n: 2 });
      await api.stop();
    });
    afterAll(() => platform?.stop());

    it.each([
      {
        made: 'the service’s rights, by the login of the processes',
        by: LOGIN,
        flags: AS_SERVICE,
        to: OWNER,
      },
      { made: 'the service’s rights, by the owner', by: OWNER, flags: AS_SERVICE, to: OWNER },
      { made: 'a superuser’s rights, whole', by: 'breakwater', flags: [], to: 'breakwater' },
    ])('is made with $made, restored as $to, and it works', async ({ made, by, flags, to }) => {
      const dump = file(by);
      runProgram('pg_dump', ['-Fc', ...flags, '-f', dump, source.url('breakwater', by)]);
      const target = await newServer();
      makeRoles(target);
      await makeDatabase(target, 'breakwater');
      runProgram('pg_restore', ['--exit-on-error', '-d', target.url('breakwater', to), dump]);
      // It creates the queue's tables where the backup has none.
      expect(await migrate(target, 'breakwater')).toBe('the database is up to date\n');

      for (const table of ['deliveries', 'attempts', 'idempotency_keys', '_prisma_migrations', 'endpoints']) {
        const count = `SELECT count(*)::int FROM ${table}`;
        expect({ made, table, rows: await target.query(count, 'breakwater') }).toEqual({
          made,
          table,
          rows: await source.query(count, 'breakwater'),
        });
      }
      const policies = `SELECT polrelid::regclass::text AS name, polname, pg_get_expr(polqual, polrelid) AS rule
        FROM pg_policy ORDER BY 1, 2`;
      expect(await target.query(policies, 'breakwater')).toEqual(await source.query(policies, 'breakwater'));
      const grants = `SELECT relname, relacl::text FROM pg_class
        WHERE relnamespace IN ('public'::regnamespace, 'partitions'::regnamespace) ORDER BY 1`;
      const sorted = (rows: { relacl: string | null }[]): unknown[] =>
        rows.map((row) => ({ ...row, relacl: row.relacl?.split(/[{},]/).sort().join(' ') }));
      expect(sorted(await target.query(grants, 'breakwater'))).toEqual(
        sorted(await source.query(grants, 'breakwater')),
      );

      const env = { DATABASE_URL: target.url('breakwater', LOGIN) };
      const [api, worker] = await Promise.all([platform.api(env), platform.worker(env)]);
      const again = await platform.client(api).invoke(appId, 'report', { n: 1 }, {}, idempotent);
      expect(again.json.deliveryId).toBe(deliveryId);
      expect((await platform.client(api).invoke(appId, 'report', { n: 3 })).status).toBe(202);
      const done = async (): Promise<boolean> =>
        (
          await target.query<{ count: number }>(
            `SELECT count(*)::int FROM deliveries WHERE status = 'completed'`,
            'breakwater',
          )
        )[0]!.count === 3;
      await eventually(done, { limitMs: 45_000, what: 'the end of all deliveries' });
      await Promise.all([api.stop(), worker.stop()]);
    });

    it('is made by the job of the Helm chart, which deletes old ones', async () => {
      const template = await readFile(join(root, 'deploy/helm/breakwater/templates/backup.yaml'), 'utf8');
      const [, script] = /- \|\n([^]*?)\n +env:/.exec(template)!;
      const place = await mkdtemp(join(tmpdir(), 'breakwater-backup-'));
      await utimes(await touch(join(place, 'breakwater-old.dump')), 0, 0);
      const fitted = script!.replace('{{ .keepDays | int }}', '14').replaceAll('/backup', place);
      const env = {
        ...process.env,
        PATH: `${debianPrograms}:${process.env['PATH']}`,
        URL: source.url('breakwater', LOGIN),
      };
      await run('sh', ['-euc', fitted], { env });
      const [made, ...more] = await readdir(place);
      expect([made, more]).toEqual([expect.stringMatching(/^breakwater-\d{8}T\d{6}Z\.dump$/), []]);
      const { stdout } = await run(join(debianPrograms, 'pg_restore'), ['--list', join(place, made!)]);
      expect(stdout).toContain('TABLE DATA public _prisma_migrations');
      await rm(place, { recursive: true });
    });

    it('contains partitions that are created later', async () => {
      await source.query(`SELECT make_partitions(now() - interval '60 days')`, 'breakwater');
      expect(() =>
        runProgram('pg_dump', ['-Fc', ...AS_SERVICE, '-f', file('later'), source.url('breakwater', LOGIN)]),
      ).not.toThrow();
    });

    it('adds no right to write into a partition itself', async () => {
      const writes = `SELECT DISTINCT bool_or(has_table_privilege('breakwater_service', oid, 'INSERT')
          OR has_table_privilege('breakwater_service', oid, 'UPDATE') OR has_table_privilege('breakwater_service', oid, 'DELETE')) AS may
        FROM pg_class WHERE relnamespace = 'partitions'::regnamespace AND relkind = 'r'`;
      expect(await source.query(writes, 'breakwater')).toEqual([{ may: false }]);
    });

    it('that is restored without the roles is refused by migrate and by each role, with the remedy', async () => {
      const dump = file('breakwater');
      const target = await newServer();
      await target.query(`CREATE ROLE ${OWNER} LOGIN; CREATE ROLE ${LOGIN} LOGIN`);
      await makeDatabase(target, 'breakwater');
      expect(() => runProgram('pg_restore', ['-d', target.url('breakwater', OWNER), dump])).toThrow(
        /errors ignored on restore/,
      );
      const said = async (why: string): Promise<void> => {
        const expected = new RegExp(
          `^breakwater cannot start: ${why}.*prisma/roles.sql, then restore the backup into a new database\\n$`,
        );
        expect(await migrate(target, 'breakwater')).toMatch(expected);
        const env = {
          ...platform.env,
          DATABASE_URL: target.url('breakwater', LOGIN),
          API_PORT: '0',
          BREAKWATER_DATA_DIR: join(folder, 'data'),
        };
        const owner = { DATABASE_OWNER_URL: target.url('breakwater', OWNER) };
        const roles = [
          spawnRole('api', env),
          spawnRole('worker', env),
          spawnRole('standalone', { ...env, ...owner }),
        ];
        for (const role of roles) {
          expect(await role.end()).toMatchObject({ code: 1 });
          expect(role.output).toMatch(expected);
        }
      };
      await said('the server of database "breakwater" lacks the roles of its policies');
      // Roles that are created after the restore bring no policy back.
      makeRoles(target);
      await said('database "breakwater" lacks \\d+ of its policies and rights');
    });
  });
});
