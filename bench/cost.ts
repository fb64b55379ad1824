import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { fillAttempts } from './metrics.js';
import { cpuMsOf } from './programs.js';
import { middle, type Result } from './rounds.js';

const APP = 'bench_cost';
const STUCK_APP = 'bench_stuck';
const STUCK_ENDPOINTS = 10;
const STUCK = { url: '/never', async: true, concurrency: 1 };

// Due, and parked behind calls that their endpoints do not answer.
const WAITING = `
INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms, status,
  next_attempt_at, expires_at)
SELECT overlay(uuid_floor(now())::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, e.app_id, e.id,
  e.capability, 'invocation', 'async', n::text, '{}', 'application/json', 30000, 'pending', now(), now() + interval '1 day'
FROM (SELECT *, row_number() OVER () - 1 AS place FROM endpoints WHERE app_id = $1) e
JOIN generate_series(1, $2::integer) AS n ON n % ${STUCK_ENDPOINTS} = e.place`;
const PER_STATEMENT = 10_000;

/** The cost of one delivery, from the request to the last commit: CPU, transactions, commands and bytes. */
interface Cost {
  'api cpu ms': number;
  'worker cpu ms': number;
  'postgres cpu ms': number;
  'redis cpu ms': number;
  'postgres transactions': number;
  'postgres WAL KiB': number;
  /** Pages written whole into the WAL: the cost of the first change of each page after a checkpoint. */
  'postgres full pages': number;
  'redis commands': number;
  'redis KiB': number;
}

/** Totals so far; a cost is the difference of two. */
async function totals(installation: Installation, client: pg.Client, redis: Redis | null): Promise<Cost> {
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query<{
    transactions: string;
    wal: string;
    full_pages: string;
    pid: number;
  }>(
    `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS transactions,
       (SELECT wal_fpi FROM pg_stat_wal) AS full_pages, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS wal,
       pg_backend_pid() AS pid`,
  );
  const info = (await redis?.info()) ?? '';
  const stat = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  const { transactions, wal, full_pages, pid } = rows[0]!;
  return {
    'api cpu ms': cpuMsOf(installation.api.process) ?? Number.NaN,
    'worker cpu ms': cpuMsOf(installation.workers[0]!) ?? Number.NaN,
    'postgres cpu ms': cpuMsOfFamily(pid),
    'redis cpu ms': (stat('used_cpu_user') + stat('used_cpu_sys')) * 1000,
    'postgres transactions': Number(transactions),
    'postgres WAL KiB': Number(wal) / 1024,
    'postgres full pages': Number(full_pages),
    'redis commands': stat('total_commands_processed'),
    'redis KiB': (stat('total_net_input_bytes') + stat('total_net_output_bytes')) / 1024,
  };
}

interface Shape {
  /** Deliveries of a round. */
  count: number;
  rounds: number;
  perSecond: number;
}

/** Per delivery, at a rate below the maximum; the median of the rounds. */
export async function benchCost(ground: Ground, shape: Shape): Promise<Result> {
  const costs = await withInstallation(ground, {}, (measure) => measure(shape));
  return {
    rows: namesOf(costs).map((what) => ({
      what: `${what} per delivery`,
      median: Number(middle(costs.map((cost) => cost[what])).toFixed(3)),
      least: Number(Math.min(...costs.map((cost) => cost[what])).toFixed(3)),
      most: Number(Math.max(...costs.map((cost) => cost[what])).toFixed(3)),
      'at per second': shape.perSecond,
      rounds: shape.rounds,
    })),
  };
}

/**
 * The same before and after a million deliveries wait for endpoints that do not answer, and a week has 10 M attempts.
 */
export async function benchGrown(
  ground: Ground,
  shape: Shape,
  { waiting, attempts }: { waiting: number; attempts: number },
): Promise<Result> {
  // The roll-up of so many attempts would be counted, too.
  const settings = { WEBHOOK_METRICS: 'false', CIRCUIT_BREAKER_MODE: 'observe' };
  const [empty, grown] = await withInstallation(ground, settings, async (measure, installation, client) => {
    await client.query('CHECKPOINT');
    const before = await measure(shape);
    const stuck = Array.from({ length: STUCK_ENDPOINTS }, (_, n) => [`stuck_${n}`, STUCK] as const);
    await installation.register(STUCK_APP, Object.fromEntries(stuck));
    for (let left = waiting; left > 0; left -= PER_STATEMENT) {
      await client.query(WAITING, [STUCK_APP, Math.min(left, PER_STATEMENT)]);
    }
    await fillAttempts(ground.databaseUrl, attempts);
    await client.query('VACUUM (ANALYZE) deliveries, attempts');
    await client.query('CHECKPOINT');
    return [before, await measure(shape)];
  });
  return {
    rows: namesOf(empty).map((what) => {
      const [before, after] = [empty, grown].map((costs) => middle(costs.map((cost) => cost[what])));
      return {
        what: `${what} per delivery`,
        empty: Number(before!.toFixed(3)),
        grown: Number(after!.toFixed(3)),
        ratio: Number((after! / before!).toFixed(2)),
        waiting,
        attempts,
        'at per second': shape.perSecond,
        rounds: shape.rounds,
      };
    }),
  };
}

type Measure = (shape: Shape) => Promise<Cost[]>;

async function withInstallation<T>(
  ground: Ground,
  settings: Record<string, string>,
  work: (measure: Measure, installation: Installation, client: pg.Client) => Promise<T>,
): Promise<T> {
  const installation = await Installation.start(ground, 1, { QUEUE_CONCURRENCY: '50', ...settings });
  await installation.register(APP, { report: { url: '/', async: true, concurrency: 50 } });
  const client = new pg.Client({ connectionString: ground.ownerUrl });
  await client.connect();
  const redis = ground.redisUrl === null ? null : new Redis(ground.redisUrl);
  const measure: Measure = async ({ count, rounds, perSecond }) => {
    const costs: Cost[] = [];
    for (let round = 0; round <= rounds; round++) {
      const before = await totals(installation, client, redis);
      await installation.latency(APP, 'report', { count, perSecond });
      await unfinished(client);
      const after = await totals(installation, client, redis);
      const each = namesOf([after]).map((name) => [name, (after[name] - before[name]) / count]);
      if (round > 0) costs.push(Object.fromEntries(each) as Cost);
    }
    return costs;
  };
  try {
    return await work(measure, installation, client);
  } finally {
    redis?.disconnect();
    await client.end();
    await installation.stop();
  }
}

const namesOf = ([one]: readonly Cost[]): (keyof Cost)[] => Object.keys(one!) as (keyof Cost)[];

async function unfinished(client: pg.Client): Promise<void> {
  const limitMs = Date.now() + 60_000;
  for (;;) {
    const { rows } = await client.query(
      'SELECT 1 FROM deliveries WHERE app_id = $1 AND finished_at IS NULL LIMIT 1',
      [APP],
    );
    if (rows.length === 0) return;
    if (Date.now() > limitMs) throw new Error('not all deliveries ended in time');
  }
}

const fieldsOf = (pid: number | string): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');

/** CPU time of a PostgreSQL server: all children of the parent of one of them, including those that ended. */
export function cpuMsOfFamily(pid: number): number {
  try {
    const parent = fieldsOf(pid)[1]!;
    const own = fieldsOf(parent);
    let ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(own[field]), 0);
    for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const fields = fieldsOf(entry);
        if (fields[1] === parent) ticks += Number(fields[11]) + Number(fields[12]);
      } catch {
        // It has ended meanwhile.
      }
    }
    return ticks * 10;
  } catch {
    return Number.NaN;
  }
}
