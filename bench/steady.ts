import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { AUTHORIZED, cpuMsOf, freePort, memoryMibOf } from './programs.js';
import { quantile, type Result } from './rounds.js';

const APP = 'bench_steady';
const RETRIED_WITHIN_MS = 120_000;
const RETRIES_AT = 10;
const LOOKS_EVERY_MS = 1_000;

/** What a system with nothing to do costs: CPU of each process, and transactions in PostgreSQL. */
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

/** From before the request until the app has it, at the given rate and at 70 % of the highest that is held. */
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
    ...{
      what: `accepted to sent, ${held === 1000 ? 'as asked for' : `70 % of ${held}`}`,
      'per second': perSecond,
    },
    ...{ ...measured, budget: 500, met: measured.p95Ms < 500 },
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
 * From the moment a retry is due until it is claimed to be sent. Every other call fails, so the endpoint rests between
 * calls and bears about 40 in a second (ADR 19): more would wait for it, not for us.
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
        ...{ what: 'retry, due to sent', retries: late.length, 'at per second': RETRIES_AT },
        ...{ p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), budget: 250, met: at(0.95) < 250 },
      },
    ],
  };
}

/** Memory over time at a steady rate, with slots enough for twice as much. */
export async function benchSoak(
  ground: Ground,
  { minutes, perSecond }: { minutes: number; perSecond: number },
): Promise<Result> {
  const metricsPort = await freePort();
  const installation = await Installation.start(
    ground,
    1,
    { QUEUE_CONCURRENCY: '50' },
    { METRICS_PORT: String(metricsPort) },
  );
  await installation.register(APP, { report: { url: '/', async: true, concurrency: 50 } });
  const metrics = {
    api: `${installation.api.url}/metrics`,
    worker: `http://127.0.0.1:${metricsPort}/metrics`,
  };
  const worst = { api: { waiting: 0, lagMs: 0 }, worker: { waiting: 0, lagMs: 0 } };
  const looking = setInterval(() => {
    for (const name of ['api', 'worker'] as const)
      void healthOf(metrics[name]).then(({ waiting, lagMs }) => {
        worst[name].waiting = Math.max(worst[name].waiting, waiting);
        worst[name].lagMs = Math.max(worst[name].lagMs, lagMs);
      });
  }, LOOKS_EVERY_MS);
  const roles = { api: installation.api.process, worker: installation.workers[0]! };
  const samples: Record<string, { minute: number; mib: number }[]> = { api: [], worker: [] };
  let worstP95Ms = 0;
  for (let minute = 1; minute <= minutes; minute++) {
    const { p95Ms } = await installation.latency(APP, 'report', { count: perSecond * 60, perSecond });
    worstP95Ms = Math.max(worstP95Ms, p95Ms);
    for (const [name, role] of Object.entries(roles))
      samples[name]!.push({ minute, mib: memoryMibOf(role) ?? 0 });
  }
  clearInterval(looking);
  await installation.stop();
  return {
    rows: Object.entries(samples).map(([name, all]) => {
      const late = all.slice(Math.floor(all.length / 3));
      const slope = slopeOf(late);
      const most = Math.max(...all.map(({ mib }) => mib));
      return {
        ...{ what: `soak ${name}`, minutes, 'per second': perSecond, 'most MiB': Math.round(most) },
        ...{ 'MiB per minute': Number(slope.toFixed(2)), 'worst p95 ms': worstP95Ms },
        'most waiting for a connection': worst[name as keyof typeof worst].waiting,
        'worst event-loop lag p99 ms': Math.round(worst[name as keyof typeof worst].lagMs),
        ...{ budget: '< 250 MiB, < 1 MiB per minute', met: most < 250 && slope < 1 },
      };
    }),
  };
}

/** What a process says of itself: requests that wait for a connection, lag since it was last asked. @throws when it does not */
async function healthOf(url: string): Promise<{ waiting: number; lagMs: number }> {
  const answer = await fetch(url, { headers: { authorization: AUTHORIZED.authorization } });
  const text = await answer.text();
  const gauge = (pattern: RegExp): number => {
    const found = pattern.exec(text);
    if (!found) throw new Error(`${url} has no ${pattern.source}`);
    return Number(found[1]);
  };
  return {
    waiting: gauge(/^webhook_database_pool_connections\{.*state="waiting".*\} (\d+)/m),
    lagMs: gauge(/^nodejs_eventloop_lag_p99_seconds(?:\{.*\})? (\S+)/m) * 1000,
  };
}

/** Least squares, after the first third: what is warm by then stays. */
function slopeOf(samples: readonly { minute: number; mib: number }[]): number {
  const n = samples.length;
  if (n < 2) return 0;
  const meanX = samples.reduce((sum, { minute }) => sum + minute, 0) / n;
  const meanY = samples.reduce((sum, { mib }) => sum + mib, 0) / n;
  const over = samples.reduce((sum, { minute, mib }) => sum + (minute - meanX) * (mib - meanY), 0);
  return over / samples.reduce((sum, { minute }) => sum + (minute - meanX) ** 2, 0);
}
