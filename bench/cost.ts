import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { cpuMsOf } from './programs.js';
import { middle, type Result } from './rounds.js';

const APP = 'bench_cost';

/** What one delivery takes, from the request to the last commit: CPU, transactions, commands and bytes. */
interface Cost {
  'api cpu ms': number;
  'worker cpu ms': number;
  'postgres cpu ms': number;
  'redis cpu ms': number;
  'postgres transactions': number;
  'postgres WAL KiB': number;
  'redis commands': number;
  'redis KiB': number;
}

/** Totals so far; a cost is the difference of two. */
async function totals(installation: Installation, client: pg.Client, redis: Redis | null): Promise<Cost> {
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query<{ transactions: string; wal: string; pid: number }>(
    `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS transactions,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS wal, pg_backend_pid() AS pid`,
  );
  const info = (await redis?.info()) ?? '';
  const stat = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  const { transactions, wal, pid } = rows[0]!;
  return {
    'api cpu ms': cpuMsOf(installation.api.process) ?? Number.NaN,
    'worker cpu ms': cpuMsOf(installation.workers[0]!) ?? Number.NaN,
    'postgres cpu ms': cpuMsOfFamily(pid),
    'redis cpu ms': (stat('used_cpu_user') + stat('used_cpu_sys')) * 1000,
    'postgres transactions': Number(transactions),
    'postgres WAL KiB': Number(wal) / 1024,
    'redis commands': stat('total_commands_processed'),
    'redis KiB': (stat('total_net_input_bytes') + stat('total_net_output_bytes')) / 1024,
  };
}

/** Per delivery, at a rate that leaves room; the median of the rounds. */
export async function benchCost(
  ground: Ground,
  { count, rounds, perSecond }: { count: number; rounds: number; perSecond: number },
): Promise<Result> {
  const installation = await Installation.start(ground, 1, { QUEUE_CONCURRENCY: '50' });
  await installation.register(APP, { report: { url: '/', async: true, concurrency: 50 } });
  const client = new pg.Client({ connectionString: ground.ownerUrl });
  await client.connect();
  const redis = ground.redisUrl === null ? null : new Redis(ground.redisUrl);
  const costs: Cost[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = await totals(installation, client, redis);
    await installation.latency(APP, 'report', { count, perSecond });
    await unfinished(client);
    const after = await totals(installation, client, redis);
    const names = Object.keys(after) as (keyof Cost)[];
    const each = names.map((name) => [name, (after[name] - before[name]) / count]);
    if (round > 0) costs.push(Object.fromEntries(each) as Cost);
  }
  redis?.disconnect();
  await client.end();
  await installation.stop();
  return {
    rows: (Object.keys(costs[0]!) as (keyof Cost)[]).map((what) => ({
      ...{ what: `${what} per delivery`, median: Number(middle(costs.map((cost) => cost[what])).toFixed(3)) },
      least: Number(Math.min(...costs.map((cost) => cost[what])).toFixed(3)),
      most: Number(Math.max(...costs.map((cost) => cost[what])).toFixed(3)),
      ...{ 'at per second': perSecond, rounds },
    })),
  };
}

async function unfinished(client: pg.Client): Promise<void> {
  const limitMs = Date.now() + 60_000;
  for (;;) {
    const { rows } = await client.query('SELECT 1 FROM deliveries WHERE finished_at IS NULL LIMIT 1');
    if (rows.length === 0) return;
    if (Date.now() > limitMs) throw new Error('not all deliveries ended in time');
  }
}

const fieldsOf = (pid: number | string): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');

/** CPU time of a PostgreSQL server: all children of the parent of one of them, with those that are gone. */
function cpuMsOfFamily(pid: number): number {
  try {
    const parent = fieldsOf(pid)[1]!;
    const own = fieldsOf(parent);
    let ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(own[field]), 0);
    for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const fields = fieldsOf(entry);
        if (fields[1] === parent) ticks += Number(fields[11]) + Number(fields[12]);
      } catch {
        // It ended meanwhile.
      }
    }
    return ticks * 10;
  } catch {
    return Number.NaN;
  }
}
