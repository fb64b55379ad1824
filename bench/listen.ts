import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import type { Size } from './deliveries.js';
import type { Ground } from './ground.js';
import { PAYLOADS } from './payloads.js';
import {
  ADMIN_KEY,
  AUTHORIZED,
  ended,
  message,
  register,
  settingsOf,
  startApi,
  startProgram,
} from './programs.js';
import { quantile, type Result } from './rounds.js';

/** Two apps with the same server; somebody listens for one of them. */
const APPS = { direct: 'bench_direct', listened: 'bench_listened' };
/** The maximum that a listener may add at p95, ms. */
const ADDS_MS = 60;

/**
 * What a call through `breakwater listen` takes longer than one to the same server by its URL: one after the other, in
 * turn. The call arrives at another api process than the one that holds the socket.
 */
export async function benchListen(ground: Ground, { count }: Size): Promise<Result> {
  const receiver = startProgram('./receiver.js');
  const { port } = await message<{ port: number }>(receiver);
  const server = `http://127.0.0.1:${port}`;
  const settings = settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis');
  const [holder, caller] = await Promise.all([startApi(settings), startApi(settings)]);
  const dispatcher = new Agent({ connections: 1 });
  const call = async (app: string): Promise<number> => {
    const startedMs = performance.now();
    const url = `${caller.url}/api/v1/apps/${app}/capabilities/answer/invoke`;
    const body = `{"payload":${PAYLOADS['1 KiB']}}`;
    const answer = await request(url, { method: 'POST', dispatcher, headers: AUTHORIZED, body });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`${app} answered ${answer.statusCode}`);
    return performance.now() - startedMs;
  };
  let listener: ChildProcess | undefined;
  try {
    await register(caller, APPS.direct, server, { answer: { url: '/busy' } });
    // Without the listener its calls fail: so all of them are made through it.
    await register(caller, APPS.listened, 'http://127.0.0.1:1024', {
      answer: { url: '/busy', circuitBreaker: { failureThreshold: 100 } },
    });
    listener = await listen(holder.url, server);
    const direct: number[] = [];
    const listened: number[] = [];
    for (let n = 0; n < count + count / 10; n++) {
      const past = await call(APPS.direct);
      const by = await call(APPS.listened);
      if (n < count / 10) continue; // Warms up.
      direct.push(past);
      listened.push(by);
    }
    const added = listened.map((ms, n) => ms - direct[n]!);
    return {
      rows: [
        rowOf('call of the URL', direct),
        rowOf('call through a listener', listened),
        {
          ...rowOf('what the listener adds', added),
          budget: `p95 <= ${ADDS_MS} ms`,
          met: quantile(added, 0.95) <= ADDS_MS,
        },
      ],
    };
  } finally {
    await dispatcher.close();
    if (listener) await ended(listener, 'SIGTERM');
    await Promise.all([holder, caller].map((api) => ended(api.process, 'SIGTERM')));
    await ended(receiver, 'SIGKILL');
  }
}

/** Resolves when the calls are answered by it. */
async function listen(apiUrl: string, forwardTo: string): Promise<ChildProcess> {
  const cli = fileURLToPath(new URL('../apps/cli/src/main.js', import.meta.url));
  const args = ['--json', 'listen', '--app', APPS.listened, '--forward-to', forwardTo];
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: '/usr/bin:/bin', BREAKWATER_URL: apiUrl, BREAKWATER_API_KEY: ADMIN_KEY },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the listener ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('"listening"') && resolve());
  });
  return child;
}

function rowOf(what: string, times: number[]): Record<string, unknown> {
  const ms = (part: number): number => Number(quantile(times, part).toFixed(2));
  return { what, 'p50 ms': ms(0.5), 'p95 ms': ms(0.95), 'p99 ms': ms(0.99), times: times.length };
}
