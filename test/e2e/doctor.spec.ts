import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { startMailServer, type MailServer } from '@breakwater/testing/mail-server.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import { backends, Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

interface Check {
  name: string;
  state: string;
  sentence: string;
  remedy: string | null;
  durationMs: number;
}

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the built command line. */
function breakwater(url: string, key: string, ...args: string[]): Promise<Ran> {
  const cli = join(root, 'dist/apps/cli/src/main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, '--url', url, '--key', key, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe.each(backends())('the doctor, with the queue in %s', (backend) => {
  let platform: Platform;
  let mail: MailServer;
  let api: Role;
  beforeAll(async () => {
    mail = await startMailServer();
    platform = await Platform.start({ backend, env: { SMTP_URL: mail.url } });
    api = await platform.api();
  });
  afterAll(async () => {
    await platform?.stop();
    await mail?.close();
  });

  const ask = async (of = api): Promise<{ ok: boolean; checks: Check[] }> => {
    const { status, json } = await platform.client(of).post('/api/v1/admin/doctor', undefined);
    expect(status).toBe(200);
    return json;
  };
  const found = ({ checks }: { checks: Check[] }, name: string): Check =>
    checks.find((check) => check.name === name)!;

  it('says that no worker takes a job', async () => {
    const report = await ask();
    expect(report.ok).toBe(false);
    expect(found(report, 'workers')).toMatchObject({
      state: 'failed',
      sentence: expect.stringMatching(/^No worker took a job within \d+ ms\.$/),
      remedy: expect.stringContaining('Start a worker'),
    });
    expect(found(report, 'delivery')).toMatchObject({
      state: 'skipped',
      remedy: 'Repair the workers first.',
    });
  });

  it('finds nothing wrong with a worker, and changes no number', async () => {
    await platform.worker();
    const report = await ask();
    expect(report.checks.map(({ name, state }) => [name, state])).toEqual([
      ['database', 'ok'],
      ['migrations', 'ok'],
      ['clock', 'ok'],
      ['queue', 'ok'],
      ['workers', 'ok'],
      ['delivery', 'ok'],
      ['mail', 'ok'],
      // The settings of tests open 127.0.0.0/8.
      ['guard', 'warning'],
      ['encryption', 'ok'],
      ['partitions', 'ok'],
    ]);
    expect(report.ok).toBe(true);
    expect(found(report, 'delivery').sentence).toContain('went through the queue and the worker');
    expect(mail.received).toEqual([]);
    expect(await platform.counts()).toEqual({});
    expect(await platform.rows('SELECT 1 FROM apps UNION ALL SELECT 1 FROM attempts')).toEqual([]);
  });

  it('is a command that says it in words, and in its exit code', async () => {
    const { code, out } = await breakwater(api.url, platform.adminKey, 'doctor');
    expect(code).toBe(0);
    expect(out).toMatch(/^ok\s+database\s+\d+ ms\s+PostgreSQL/m);
    expect(out).toMatch(/^WARNING\s+guard/m);
    expect(out).toContain('What to do:\nguard: Name single hosts');
    expect(out).toContain('All is well.');
    const json = await breakwater(api.url, platform.adminKey, '--json', 'doctor');
    expect(JSON.parse(json.out)).toMatchObject({ ok: true });
  });

  it('names the port of a mail server that does not answer', async () => {
    const port = await freePort();
    const other = await platform.api({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    const report = await ask(other);
    expect(found(report, 'mail')).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining(`127.0.0.1:${port} does not work: connect ECONNREFUSED`),
      remedy: expect.stringContaining('SMTP_URL'),
    });
    const { code, out } = await breakwater(other.url, platform.adminKey, 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/^FAILED\s+mail/m);
    expect(out).toContain('1 of 10 checks failed.');
  });

  it('finds a pending migration, and one that it does not know', async () => {
    const [last] = await platform.rows<{ name: string }>(
      'SELECT max(migration_name) AS name FROM _prisma_migrations',
    );
    await platform.rows(
      'UPDATE _prisma_migrations SET migration_name = $2 WHERE migration_name = $1',
      last!.name,
      'x_later',
    );
    expect(found(await ask(), 'migrations')).toMatchObject({
      state: 'failed',
      sentence: `Not applied: ${last!.name}.`,
      remedy: 'Run `npm run migrate`.',
    });
    await platform.rows(
      'UPDATE _prisma_migrations SET migration_name = $1 WHERE migration_name = $2',
      last!.name,
      'x_later',
    );
    await platform.rows(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', 'x_later', now())`,
    );
    expect(found(await ask(), 'migrations')).toMatchObject({
      state: 'warning',
      sentence: expect.stringContaining('x_later'),
    });
  });
});

describe('the doctor, when the database is away', () => {
  it('answers 503, and the command says what to check', async () => {
    const postgres = await PrivatePostgres.start();
    const platform = await Platform.start({ databaseUrl: postgres.url });
    try {
      const api = await platform.api();
      await postgres.stop();
      const { code, out, err } = await breakwater(api.url, platform.adminKey, 'doctor');
      expect({ code, out }).toMatchObject({ code: expect.any(Number) });
      expect(code).not.toBe(0);
      expect(out + err).toContain('DATABASE_URL');
    } finally {
      await platform.stop();
      await postgres.remove();
    }
  });

  it('says what to check when nothing listens at the address', async () => {
    const port = await freePort();
    const { code, err } = await breakwater(`http://127.0.0.1:${port}`, 'bw_x', 'doctor');
    expect(code).toBe(1);
    expect(err).toContain('Check that the api runs');
    expect(err).toContain('BREAKWATER_URL');
  });
});

describe('the doctor, with a Redis that evicts', () => {
  it.skipIf(inject('redisUrl') === null)('warns of its policy (needs redis-server)', async () => {
    const redis = await PrivateRedis.start();
    const platform = await Platform.start({ backend: 'Redis', redisUrl: redis.url });
    try {
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      const api = await platform.api();
      const { json } = await platform.client(api).post('/api/v1/admin/doctor', undefined);
      const queue = (json as { checks: Check[] }).checks.find(({ name }) => name === 'queue');
      expect(queue).toMatchObject({
        state: 'warning',
        sentence: expect.stringContaining('allkeys-lru'),
        remedy: 'Set maxmemory-policy of Redis to noeviction.',
      });
    } finally {
      await platform.stop();
      await redis.remove();
    }
  });
});
