import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Ground } from './ground.js';
import { AUTHORIZED, ended, message, settingsOf, startApi, startProgram, startRole } from './programs.js';
import type { Server } from './programs.js';
import type { Result } from './rounds.js';

const APP = 'bench_replay';
const LOOKS_EVERY_MS = 100;
const LIMIT_MS = 900_000;
/** Of the operation that is cancelled. */
const SLOW_PER_SECOND = 500;

// The bodies have about 200 bytes.
const STORE = `
INSERT INTO events (id, app_id, type, body, content_type, request_id, directory_version)
SELECT new_event_id(now() - interval '1 hour' + n * interval '10 ms'), '${APP}', 'order.created',
  convert_to(json_build_object('n', n, 'text', repeat('x', 180))::text, 'UTF8'), 'application/json', 'bench', 0
FROM generate_series(1, $1) n`;

// What a replay promises: each event has one delivery of the operation, and each delivery one call that was answered.
const OUTCOME = `
SELECT count(*)::int AS deliveries, count(DISTINCT event_id)::int AS events,
  count(*) FILTER (WHERE status = 'completed')::int AS completed
FROM deliveries WHERE operation_id = $1`;

interface Operation {
  id: string;
  status: string;
  planned: number;
  done: number;
  succeeded: number;
}

/**
 * Replays many events as a bulk operation. All workers are killed in the middle, and others are started. A second
 * operation is cancelled while it runs.
 */
export async function benchReplay(ground: Ground, { count }: { count: number }): Promise<Result> {
  const receiver = startProgram('./receiver.js');
  const { port } = await message<{ port: number }>(receiver);
  const env = {
    ...settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis'),
    QUEUE_PREFIX: 'bench-replay',
    SWEEP_INTERVAL: '5000',
  };
  const database = new pg.Pool({ connectionString: ground.ownerUrl, max: 2 });
  const api = await startApi(env);
  const two = (): Promise<ChildProcess[]> =>
    Promise.all([startRole('worker', env), startRole('worker', env)]);
  let workers = await two();
  const rows: Result['rows'] = [];
  try {
    const url = `http://127.0.0.1:${port}`;
    await register(api, url);
    await database.query(STORE, [count]);
    const planStartedMs = performance.now();
    const { id } = await planned(api, 10_000);
    const planMs = performance.now() - planStartedMs;
    const startedMs = performance.now();
    await call<Operation>(api, 'POST', `bulk-operations/${id}/run`);
    const before = await until(api, id, ({ done }) => done >= count / 3);
    await Promise.all(workers.map((worker) => ended(worker, 'SIGKILL')));
    const killed = await call<Operation>(api, 'GET', `bulk-operations/${id}`);
    workers = await two();
    const { succeeded } = await until(api, id, ({ status }) => status === 'completed');
    const runMs = performance.now() - startedMs;
    const all = await completed(database, id, count);
    const deliveredMs = performance.now() - startedMs;
    rows.push({
      what: 'replay, workers killed in the middle',
      events: count,
      'planned in s': seconds(planMs),
      'done at the kill': `${before.done} to ${killed.done}`,
      'run in s': seconds(runMs),
      'delivered in s': seconds(deliveredMs),
      doubled: all.deliveries - all.events,
      missing: count - all.completed,
      met: succeeded === count && all.deliveries === count && all.events === count,
    });
    rows.push(await cancelled(api, database, count));
  } finally {
    await ended(receiver, 'SIGKILL');
    await database.end();
    await Promise.all([api.process, ...workers].map((role) => ended(role, 'SIGTERM')));
  }
  const broken = rows.filter(({ met }) => met !== true);
  if (broken.length > 0) throw new Error(`a promise was broken: ${JSON.stringify(broken)}`);
  return { rows };
}

/** Cancels an operation after a quarter; what it has done stands in its row, and nothing follows. */
async function cancelled(api: Server, database: pg.Pool, count: number): Promise<Result['rows'][number]> {
  const { id } = await planned(api, SLOW_PER_SECOND);
  await call<Operation>(api, 'POST', `bulk-operations/${id}/run`);
  const wanted = Math.min(count / 4, SLOW_PER_SECOND * 5);
  await until(api, id, ({ done }) => done >= wanted);
  const cancelMs = performance.now();
  await call<Operation>(api, 'POST', `bulk-operations/${id}/cancel`);
  const tookMs = performance.now() - cancelMs;
  const { done } = await call<Operation>(api, 'GET', `bulk-operations/${id}`);
  await setTimeout(3_000);
  const after = await call<Operation>(api, 'GET', `bulk-operations/${id}`);
  const { rows } = await database.query<{ deliveries: number }>(OUTCOME, [id]);
  const rate = await database.query<{ rate: number }>(
    // The first step is made at once.
    `SELECT round(count(*) FILTER (WHERE number > ${SLOW_PER_SECOND})
       / NULLIF(extract(epoch FROM max(done_at) - min(done_at)), 0))::int AS rate
     FROM bulk_items WHERE operation_id = $1 AND result IS NOT NULL`,
    [id],
  );
  return {
    what: `replay at ${SLOW_PER_SECOND}/s, cancelled`,
    events: count,
    'done at the end': after.done,
    'per second': rate.rows[0]!.rate,
    'cancelled in s': seconds(tookMs),
    met: after.status === 'cancelled' && after.done === done && rows[0]!.deliveries === done,
  };
}

async function register(api: Server, url: string): Promise<void> {
  await call(api, 'PUT', `admin/apps/${APP}/manifest`, {
    name: 'Bench',
    ownerEmail: 'bench@example.com',
    baseUrl: url,
    webhooks: {},
    subscriptions: { orders: { url: '/', events: ['order.*'], concurrency: 50 } },
  });
}

/** Plans a replay of all events, and waits until it is planned. */
async function planned(api: Server, perSecond: number): Promise<Operation> {
  const [from, to] = [-7_200_000, 7_200_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const { id } = await call<Operation>(api, 'POST', 'bulk-operations', {
    kind: 'replay',
    filter: { appId: APP, from, to },
    perSecond,
  });
  return until(api, id, ({ status }) => status === 'planned');
}

async function until(api: Server, id: string, isSo: (operation: Operation) => boolean): Promise<Operation> {
  const endMs = performance.now() + LIMIT_MS;
  for (;;) {
    const operation = await call<Operation>(api, 'GET', `bulk-operations/${id}`);
    if (isSo(operation)) return operation;
    if (performance.now() > endMs)
      throw new Error(`the operation does not go on: ${JSON.stringify(operation)}`);
    await setTimeout(LOOKS_EVERY_MS);
  }
}

async function completed(
  database: pg.Pool,
  id: string,
  count: number,
): Promise<{ deliveries: number; events: number; completed: number }> {
  const endMs = performance.now() + LIMIT_MS;
  for (;;) {
    const { rows } = await database.query(OUTCOME, [id]);
    const outcome = rows[0] as { deliveries: number; events: number; completed: number };
    if (outcome.completed >= count || performance.now() > endMs) return outcome;
    await setTimeout(1_000);
  }
}

async function call<T>(api: Server, method: string, path: string, body?: object): Promise<T> {
  const { authorization } = AUTHORIZED;
  const answer = await fetch(`${api.url}/api/v1/${path}`, {
    method,
    headers: body ? AUTHORIZED : { authorization },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

function seconds(ms: number): number {
  return Number((ms / 1_000).toFixed(1));
}
