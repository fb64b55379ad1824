import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabase } from '@breakwater/platform';
import { startEmbeddedPostgres } from '../apps/standalone/src/embedded-postgres.js';
import { freePort } from '../apps/standalone/src/free-port.js';

export interface Ground {
  databaseUrl: string;
  /** Of the login that owns everything. */
  ownerUrl: string;
  /** Null where redis-server is not installed. */
  redisUrl: string | null;
  stop(): Promise<void>;
}

/** A private, migrated PostgreSQL with its normal durability, and a private Redis, on loopback. */
export async function startGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-bench-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres(folder);
  await prepareDatabase(postgres);
  const redis = await startRedis();
  return {
    databaseUrl: postgres.url,
    ownerUrl: postgres.ownerUrl,
    redisUrl: redis?.url ?? null,
    stop: async () => {
      redis?.process.kill('SIGKILL');
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startRedis(): Promise<{ url: string; process: ChildProcess } | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve) =>
    redis.stdout.on('data', (chunk: Buffer) => chunk.includes('Ready to accept') && resolve()),
  );
  return { url: `redis://127.0.0.1:${port}`, process: redis };
}
