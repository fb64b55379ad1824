import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../apps/standalone/src/free-port.js';
import type { Ground } from './ground.js';
import { textOption } from './options.js';

export const ADMIN_KEY = `bw_${Buffer.alloc(32, 5).toString('base64url')}`;
export const AUTHORIZED = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };

export type Backend = 'redis' | 'postgres';

/** Starts one of the bench's own programs; it ends with this process. */
export function startProgram(file: string, args: string[] = []): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** The next message of a program. @throws when it ends before */
export async function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`a program of the bench ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (value) => {
      child.off('exit', onExit);
      resolve(value as T);
    });
  });
}

export async function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answer = message<T>(child);
  child.send(question);
  return answer;
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await gone;
}

/** The settings of every process of the product here. Limits are on, but never reached. */
export function settingsOf(ground: Ground, backend: Backend): Record<string, string> {
  return {
    DATABASE_URL: ground.databaseUrl,
    ...(backend === 'redis' ? { REDIS_URL: ground.redisUrl! } : {}),
    ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
    BREAKWATER_ADMIN_KEY: ADMIN_KEY,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    OUTBOUND_ALLOW_HTTP: 'true',
    API_RATE_LIMIT_PER_MINUTE: '100000000',
    APP_HEALTH_CHECK_INTERVAL: '86400000',
    LOG_LEVEL: 'warn',
  };
}

/** As in deploy/Dockerfile: a heap that fits the budget of memory, and free memory is returned to the system. */
export const MEMORY_SETTINGS = {
  NODE_OPTIONS: '--max-semi-space-size=8 --max-old-space-size=160',
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** Starts a process of the product and waits until it is ready. */
export async function startRole(name: 'api' | 'worker', env: Record<string, string>): Promise<ChildProcess> {
  const file = fileURLToPath(new URL(`../apps/${name}/src/main.js`, import.meta.url));
  const role = spawn(process.execPath, [...profiling(), file], {
    env: { ...MEMORY_SETTINGS, ...env, LOG_LEVEL: 'warn', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const isOver = new Promise<never>((_, reject) =>
    role.once('exit', (code) => reject(new Error(`the ${name} ended with ${code} before it was ready`))),
  );
  const isReady = new Promise<void>((resolve) =>
    role.stdout.on('data', (chunk: Buffer) => chunk.includes(`${name} ready`) && resolve()),
  );
  await Promise.race([isReady, isOver]);
  isOver.catch(() => undefined);
  return role;
}

/** With `--profile folder` each process of the product writes a CPU profile there, for Chrome's DevTools. */
function profiling(): string[] {
  const folder = textOption('--profile');
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

export interface Server {
  process: ChildProcess;
  url: string;
}

export async function startApi(env: Record<string, string>): Promise<Server> {
  const port = await freePort();
  const api = await startRole('api', { ...env, API_PORT: String(port) });
  return { process: api, url: `http://127.0.0.1:${port}` };
}

/** @throws when the api does not accept it */
export async function register(
  { url }: Server,
  appId: string,
  baseUrl: string,
  webhooks: object,
  subscriptions: object = {},
): Promise<void> {
  const manifest = { name: 'Bench', ownerEmail: 'bench@example.com', baseUrl, webhooks, subscriptions };
  const answer = await fetch(`${url}/api/v1/admin/apps/${appId}/manifest`, {
    method: 'PUT',
    headers: AUTHORIZED,
    body: JSON.stringify(manifest),
  });
  if (!answer.ok) throw new Error(`the manifest was refused: ${await answer.text()}`);
}

const TICK_MS = 10;

/** CPU time of a process so far, ms, user and system; null where there is no /proc. */
export function cpuMsOf({ pid }: ChildProcess): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return null;
  }
}

/** Memory of a process, MiB; null where there is no /proc. */
export function memoryMibOf({ pid }: ChildProcess): number | null {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
  } catch {
    return null;
  }
}
