/** One private PostgreSQL and, where redis-server is installed, one private Redis for the whole test run. */
import { spawn, spawnSync } from 'node:child_process';
import { COMPILED, root } from '@breakwater/testing/build.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string | null;
  }
}

const TEMPLATE = 'template_breakwater';

async function startRedis(): Promise<PrivateRedis | null> {
  if (spawnSync('redis-server', ['--version']).status === 0) return PrivateRedis.start();
  if (process.env['CI']) throw new Error('redis-server is missing: in CI nothing is skipped for want of it');
  return null;
}

/** Shared by the tiers of a test run: each of them sets up in this process, but in modules of its own. */
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
  if (project.name === 'system') fillCompileCache();
  const { postgresUrl, redisUrl, stop } = await use.servers;
  project.provide('postgresUrl', postgresUrl);
  project.provide('redisUrl', redisUrl);
  return async () => {
    use.users--;
    if (use.users === 0) await stop();
  };
}

/**
 * A process keeps what Node compiled for it when it ends by itself, and most of those of the tests are killed: this one
 * imports all that is built, and ends. Without a build it does nothing, and nothing waits for it.
 */
function fillCompileCache(): void {
  const program = ['dist/apps/standalone/src/main.js', '--no-demo', '--print-config'];
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED };
  spawn(process.execPath, program, { cwd: root, env, stdio: 'ignore' });
}

async function startServers(): Promise<Servers> {
  const postgres = await PrivatePostgres.start({
    settings: ['max_connections=400', 'full_page_writes=off'],
  });
  await postgres.keepForCopies();
  const postgresUrl = postgres.url.slice(0, postgres.url.lastIndexOf('/'));
  const client = new pg.Client({ connectionString: `${postgresUrl}/postgres` });
  await client.connect();
  await client.query(`ALTER DATABASE breakwater RENAME TO ${TEMPLATE}`);
  await client.query(`ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  await client.end();
  const redis = await startRedis();
  const stop = async (): Promise<void> => {
    await Promise.all([postgres.remove(), redis?.remove()]);
  };
  return { postgresUrl, redisUrl: redis?.url ?? null, stop };
}
