import { setTimeout as delay } from 'node:timers/promises';
import { configFrom, Database } from '@breakwater/platform';
import { MetricsModule, MetricWindows, RollUp, WebhookMetrics } from '@breakwater/metrics';
import { NestFactory } from '@nestjs/core';
import { AccessModule } from '@breakwater/access';
import { PlatformModule } from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import pg from 'pg';
import type { Size } from './deliveries.js';
import type { Ground } from './ground.js';
import type { Result } from './rounds.js';

const APPS = 20;
const CAPABILITIES = 5;
const PER_TRANSACTION = 100_000;

// A heavy tail around 90 ms, one call in thirty a timeout; evenly over seven days, ordered by time.
const FILL = `
INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
SELECT overlay(uuid_floor(at)::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, 1, 'app-' || n % ${APPS},
  '00000000-0000-7000-8000-000000000000', 'capability_' || (n / ${APPS}) % ${CAPABILITIES}, at,
  least(30000, ceil(exp(4.5 + 1.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))))::integer,
  CASE WHEN n % 30 = 0 THEN 'timeout' ELSE 'delivered' END, CASE WHEN n % 30 = 0 THEN 'retry' ELSE 'done' END
FROM (SELECT n, now() - (1 - n / $3::float8) * interval '7 days' AS at
  FROM generate_series($1::integer, $2::integer) AS n) AS made`;

const EXACT = `
SELECT count(*) AS total, count(*) FILTER (WHERE outcome = 'timeout') AS timeouts,
  percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_ms) AS percentiles
FROM attempts WHERE app_id = $1 AND ($2::text IS NULL OR capability = $2) AND started_at >= $3 AND started_at < $4`;

/** Stores a week of attempts, rolls them up, and queries each window; compared with the rows. */
export async function benchMetrics(ground: Ground, { count, rounds }: Size): Promise<Result> {
  const config = configFrom({
    DATABASE_URL: ground.databaseUrl,
    ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'warn',
  });
  const fillMs = await timed(() => fillAttempts(ground.databaseUrl, count));
  const app = await NestFactory.createApplicationContext(
    {
      module: MetricsModule,
      imports: [PlatformModule.forRoot(config), WebhookClientModule.forConfig(config), AccessModule],
    },
    { logger: false },
  );
  try {
    const rollUpMs = await timed(async () => {
      // PostgreSQL's own work after such a load, for example an ANALYZE, delays a roll-up until it is done.
      for (let done = 0; done < count; await delay(100)) done += await app.get(RollUp).run();
    });
    const metrics = app.get(WebhookMetrics);
    const rows: Result['rows'] = [
      { what: 'filled', calls: count, ms: fillMs },
      { what: 'rolled up', calls: count, ms: rollUpMs, 'calls/s': Math.round(count / (rollUpMs / 1000)) },
    ];
    for (const [window, capability] of [
      ['7d', null],
      ['7d', 'capability_1'],
      ['24h', null],
      ['1h', null],
    ] as const) {
      const times: number[] = [];
      for (let n = 0; n < rounds; n++) {
        times.push(await timed(() => metrics.of(`app-${n % APPS}`, capability, window)));
      }
      times.sort((a, b) => a - b);
      rows.push({
        what: `${window}, ${capability ?? 'whole app'}`,
        'median ms': times[Math.floor(rounds / 2)],
        'p95 ms': times[Math.floor(rounds * 0.95)],
        ...(await check(app.get(Database), metrics, window, capability)),
      });
    }
    rows.push({
      what: '1h, all apps at once (alert rules)',
      ms: await timed(() => app.get(MetricWindows).counts(3_600_000)),
    });
    return { rows };
  } finally {
    await app.close();
  }
}

/** Stores attempts of 7 days. As the owner, not as a process: one connection, without a sync of each commit. */
export async function fillAttempts(url: string, count: number): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c role=breakwater_service -c synchronous_commit=off',
  });
  await client.connect();
  await client.query(`SELECT make_partitions(now() - interval '8 days')`);
  for (let from = 1; from <= count; from += PER_TRANSACTION) {
    await client.query(FILL, [from, Math.min(count, from + PER_TRANSACTION - 1), count]);
  }
  await client.end();
}

async function check(
  database: Database,
  metrics: WebhookMetrics,
  window: '1h' | '24h' | '7d',
  capability: string | null,
): Promise<Record<string, unknown>> {
  const { from, to, totals } = await metrics.of('app-7', capability, window);
  const [exact] = await database.transaction(async (client) => {
    await client.query('SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on');
    return (
      await client.query<{ total: number; timeouts: number; percentiles: number[] }>(EXACT, [
        'app-7',
        capability,
        from,
        to,
      ])
    ).rows;
  });
  const found = [totals.p50Ms, totals.p95Ms, totals.p99Ms];
  const off = found.map((ms, n) => Math.abs(ms! / exact!.percentiles[n]! - 1));
  return {
    'counts equal': totals.total === exact!.total && totals.timeouts === exact!.timeouts,
    'percentiles off by': `${(Math.max(...off) * 100).toFixed(2)} %`,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round((performance.now() - startedMs) * 10) / 10;
}
