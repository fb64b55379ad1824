import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { keptSecret } from './kept-secret.js';

const DATABASE = 'breakwater';
const STARTS_WITHIN_MS = 60_000;
/** A keeper that takes longer has lost its server. */
const STOPS_WITHIN_MS = 20_000;

export interface RunningPostgres {
  /** What the processes log in with; made by `ensureRuntimeLogin`. */
  url: string;
  ownerUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of this data folder, with its database made if it is new.
 * @param onLost called when it ends by itself
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  onLost: () => void = () => undefined,
): Promise<RunningPostgres> {
  const folder = join(dataDir, 'postgres');
  await mkdir(dataDir, { recursive: true });
  // PostgreSQL refuses to run as root and runs as its own user then, who has to get here.
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711);
  const newPassword = (): string => randomBytes(24).toString('base64url');
  const password = await keptSecret(join(dataDir, 'postgres-password'), newPassword);
  const port = await freePort();
  const keeper = fork(
    fileURLToPath(new URL('./postgres-keeper.js', import.meta.url)),
    [folder, String(port), password],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  await untilReady(keeper, folder);
  let stopping = false;
  keeper.once('exit', () => {
    if (!stopping) onLost();
  });
  const owner = `postgresql://breakwater:${password}@127.0.0.1:${port}`;
  await createDatabase(`${owner}/postgres`);
  const runtimePassword = await keptSecret(join(dataDir, 'postgres-runtime-password'), newPassword);
  return {
    url: `postgresql://breakwater_runtime:${runtimePassword}@127.0.0.1:${port}/${DATABASE}`,
    ownerUrl: `${owner}/${DATABASE}`,
    stop: () => {
      stopping = true;
      return stop(keeper);
    },
  };
}

async function untilReady(keeper: ChildProcess, folder: string): Promise<void> {
  const said: string[] = [];
  keeper.stderr?.on('data', (chunk: Buffer) => {
    said.push(chunk.toString());
    if (said.length > 20) said.shift();
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`PostgreSQL in ${folder} did not start: ${why}\n${said.join('')}`));
    const timer = setTimeout(() => fail(`not ready within ${STARTS_WITHIN_MS / 1000} s`), STARTS_WITHIN_MS);
    keeper.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
    keeper.once('exit', (code) => {
      clearTimeout(timer);
      fail(`it ended with ${code}. Is another Breakwater running on this folder?`);
    });
  });
  keeper.removeAllListeners('exit');
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  await client.end();
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  if (keeper.connected) keeper.send('stop');
  const late = setTimeout(() => keeper.kill('SIGKILL'), STOPS_WITHIN_MS);
  await gone;
  clearTimeout(late);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
