import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { cpuMsOf } from './programs.js';
import { quantile, type Result } from './rounds.js';

const APP = 'bench_steady';
const RETRIED_WITHIN_MS = 120_000;
const RETRIES_AT = 10;

/** The cost of an idle system: CPU of each process, and transactions in PostgreSQL. */
export async function benchIdle(ground: Ground, { seconds }: { seconds: number }): Promise<Result> {
  const installation = await Installation.start(ground, 1);
  await installation.register(APP, { report: { url: '/', async: true } });
  await installation.latency(APP, 'report', { count: 100, perSecond: 100 });
  await delay(5_000);
  const client = new pg.Client({ connectionString: ground.ownerUrl });
  await client.connect();
  const transactions = async (): Promise<number> => {
    const { rows } = await client.query<{ n: string }>(
      'SELECT xact_commit + xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(rows[0]!.n);
  };
  const roles = { api: installation.api.process, worker: installation.workers[0]! };
  const cpu = Object.entries(roles).map(([name, role]) => ({ name, role, before: cpuMsOf(role) }));
  const before = await transactions();
  await delay(seconds * 1000);
  const perSecond = ((await transactions()) - before) / seconds;
  const rows = cpu.map(({ name, role, before: cpuBefore }) => {
    const now = cpuMsOf(role);
    const percent = now === null || cpuBefore === null ? null : (now - cpuBefore) / seconds / 10;
    return {
      what: `idle ${name}`,
      'per cent of a core': percent,
      budget: 2,
      met: percent === null || percent < 2,
    };
  });
  await client.end();
  await installation.stop();
  return {
    rows: [...rows, { what: 'idle, transactions of both', 'per second': Number(perSecond.toFixed(2)) }],
  };
}

/** From before the request until the app has it, at the given rate and at 70 % of the highest rate that is reached. */
export async function benchLatency(ground: Ground, { count }: { count: number }): Promise<Result> {
  const installation = await Installation.start(ground, 1, { QUEUE_CONCURRENCY: '50' });
  await installation.register(APP, { report: { url: '/', async: true, concurrency: 50 } });
  await installation.latency(APP, 'report', { count, perSecond: 200 });
  const rows: Result['rows'] = [];
  let held = 0;
  for (const perSecond of [100, 200, 300, 400, 500, 600, 800, 1000]) {
    const measured = await installation.latency(APP, 'report', {
      count: Math.max(count, perSecond * 5),
      perSecond,
    });
    rows.push({ what: 'accepted to sent', 'per second': perSecond, ...measured });
    if (measured.p99Ms > 2_000) break;
    held = perSecond;
  }
  const perSecond = held === 1000 ? 1000 : Math.floor(held * 0.7);
  const measured = await installation.latency(APP, 'report', { count: perSecond * 10, perSecond });
  rows.push({
    what: `accepted to sent, ${held === 1000 ? 'as asked for' : `70 % of ${held}`}`,
    'per second': perSecond,
    ...measured,
    budget: 500,
    met: measured.p95Ms < 500,
  });
  await installation.stop();
  return { rows };
}

const PENDING = 'SELECT count(*)::int AS n FROM deliveries WHERE app_id = $1 AND status = $2';

const LATE_BY = `
SELECT 1000 * extract(epoch FROM later.started_at - earlier.next_at)::float8 AS ms
FROM attempts earlier JOIN attempts later
  ON later.delivery_id = earlier.delivery_id AND later.number = earlier.number + 1
WHERE earlier.app_id = $1 AND earlier.next_at IS NOT NULL`;

/**
 * From the moment a retry is due until its call is claimed. Every other call fails, so the endpoint rests between
 * calls and takes about 40 a second (ADR 19): more would wait for the endpoint, not for us.
 */
export async function benchRetries(ground: Ground, { count }: { count: number }): Promise<Result> {
  const installation = await Installation.start(ground, 1, { CIRCUIT_BREAKER_MODE: 'observe' });
  await installation.register(APP, { report: { url: '/flap', async: true } });
  await installation.send(APP, 'report', count, RETRIES_AT);
  const client = new pg.Client({ connectionString: ground.ownerUrl });
  await client.connect();
  const pending = async (): Promise<number> =>
    (await client.query<{ n: number }>(PENDING, [APP, 'pending'])).rows[0]!.n;
  const untilMs = performance.now() + RETRIED_WITHIN_MS;
  while ((await pending()) > 0 && performance.now() < untilMs) await delay(200);
  const { rows } = await client.query<{ ms: number }>(LATE_BY, [APP]);
  await client.end();
  await installation.stop();
  const late = rows.map(({ ms }) => ms);
  const at = (share: number): number => Math.round(quantile(late, share));
  return {
    rows: [
      {
        what: 'retry, due to sent',
        retries: late.length,
        'at per second': RETRIES_AT,
        p50Ms: at(0.5),
        p95Ms: at(0.95),
        p99Ms: at(0.99),
        budget: 250,
        met: at(0.95) < 250,
      },
    ],
  };
}
