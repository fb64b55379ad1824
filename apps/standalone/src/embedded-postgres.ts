import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  databaseFault,
  postgresFault,
  projectRoot,
  refusedBy,
  StartRefusedError,
  type StartFault,
} from '@breakwater/platform';
import pg from 'pg';
import { closedOnTheWay } from './data-folder.js';
import { freePort } from './free-port.js';
import { keptSecret } from './kept-secret.js';

const DATABASE = 'breakwater';
const KEEPER = fileURLToPath(new URL('./postgres-keeper.js', import.meta.url));
const STARTS_WITHIN_MS = 60_000;
/** A keeper that takes longer has lost its server, ms. */
const STOPS_WITHIN_MS = 20_000;

export interface RunningPostgres {
  /** The login of the processes; created by `ensureRuntimeLogin`. */
  url: string;
  ownerUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of this data folder, and creates its database if it is new.
 * @param dataDir exists and is locked by this process
 * @param onLost called when PostgreSQL ends by itself
 * @throws StartRefusedError
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  onLost: () => void = () => undefined,
): Promise<RunningPostgres> {
  const folder = join(dataDir, 'postgres');
  // PostgreSQL refuses to run as root, so it runs as a user of its own, who must be able to enter this folder.
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711);
  const newPassword = (): string => randomBytes(24).toString('base64url');
  const password = await keptSecret(join(dataDir, 'postgres-password'), newPassword);
  const port = await freePort();
  const keeper = fork(KEEPER, [folder, String(port)], { stdio: ['pipe', 'ignore', 'pipe', 'ipc'] });
  // If it dies before it reads, its end is reported elsewhere.
  keeper.stdin?.on('error', () => undefined).end(JSON.stringify({ password }));
  await untilReady(keeper, dataDir);
  let stopping = false;
  keeper.once('exit', () => {
    if (!stopping) onLost();
  });
  const owner = `postgresql://breakwater:${password}@127.0.0.1:${port}`;
  try {
    await createDatabase(`${owner}/postgres`);
  } catch (error) {
    stopping = true;
    await stop(keeper);
    throw refusedBy(error, embeddedFault(error, dataDir));
  }
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

async function untilReady(keeper: ChildProcess, dataDir: string): Promise<void> {
  const said: string[] = [];
  keeper.stderr?.on('data', (chunk: Buffer) => {
    said.push(chunk.toString());
    if (said.length > 50) said.shift();
  });
  const late = setTimeout(() => keeper.kill('SIGKILL'), STARTS_WITHIN_MS);
  const isReady = await new Promise<boolean>((resolve) => {
    keeper.once('message', () => resolve(true));
    keeper.once('close', () => resolve(false));
  });
  clearTimeout(late);
  if (!isReady) throw await whyEnded(said.join(''), dataDir);
}

/** Why PostgreSQL did not start; a reason without a sentence of its own is shown in PostgreSQL's words. */
async function whyEnded(said: string, dataDir: string): Promise<StartRefusedError> {
  const fault = postgresFault(said, dataDir);
  if (fault.kind === 'folder_not_writable' && process.getuid?.() === 0) {
    const checkout = projectRoot();
    const aroundCheckout = await closedOnTheWay(checkout);
    if (aroundCheckout !== null)
      return new StartRefusedError({ kind: 'checkout_closed', folder: checkout, closed: aroundCheckout });
    const aroundData = await closedOnTheWay(dataDir);
    if (aroundData !== null)
      return new StartRefusedError({ kind: 'folder_closed', folder: dataDir, closed: aroundData });
  }
  if (fault.kind === 'postgres_failed') process.stderr.write(`${said.trim()}\n`);
  return new StartRefusedError(fault);
}

/** What an error of a statement means when the database is the one in `dataDir`. */
export function embeddedFault(error: unknown, dataDir: string): StartFault | null {
  const fault = databaseFault(error, 'BREAKWATER_DATA_DIR', 'postgresql://127.0.0.1');
  if (fault?.kind === 'database_login_refused') return { kind: 'kept_password_wrong', folder: dataDir };
  if (fault?.kind === 'database_full') return { kind: 'disk_full', folder: dataDir };
  return null;
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  if (keeper.connected) keeper.send('stop');
  const late = setTimeout(() => keeper.kill('SIGKILL'), STOPS_WITHIN_MS);
  await gone;
  clearTimeout(late);
}
