import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Ground } from './ground.js';
import { AUTHORIZED, ended, register, settingsOf, startApi, startRole, type Server } from './programs.js';
import { quantile, type Result } from './rounds.js';

const APPS = 20;
const CAPABILITIES = ['report', 'notify', 'sync', 'score', 'export'];
/** Attempts of one delivery, on average of all but the dead letters. */
const PER_DELIVERY = 4;
const PER_STATEMENT = 100_000;
/** Every so many deliveries are dead letters. */
const DEAD_EVERY = 10;
const BUDGET_MS = 300;
const WITHIN_MS = 3_600_000;

const AT = `now() - (1 - n / $3::float8) * interval '7 days'`;

// Each `n` is a delivery: nine of ten completed, or a fallback, the others dead letters with four attempts.
const DELIVERIES = `
WITH made AS MATERIALIZED (
  SELECT n, overlay(uuid_floor(at)::text PLACING right(md5(n::text)::uuid::text, 22) FROM 15)::uuid AS id, at,
    e.app_id, e.id AS endpoint_id, e.capability, n % ${DEAD_EVERY} = 0 AS dead, n % 97 = 1 AS fallback
  FROM (SELECT n, ${AT} AS at FROM generate_series($1::integer, $2::integer) AS n) AS g
  JOIN (SELECT row_number() OVER (ORDER BY app_id, capability) - 1 AS place, * FROM endpoints) e
    ON e.place = g.n % ${APPS * CAPABILITIES.length}
), deliveries AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
    status, created_at, finished_at, attempts, attempts_counted, claims, last_outcome, last_error_class, last_error,
    last_attempt_at, max_attempts)
  SELECT id, app_id, endpoint_id, capability, 'invocation', CASE WHEN fallback THEN 'sync' ELSE 'async' END, 'r-' || n,
    '{"n":1}', 'application/json', 5000,
    CASE WHEN fallback THEN 'fallback' WHEN dead THEN 'dead_letter' ELSE 'completed' END, at, at + interval '1 second',
    ${PER_DELIVERY}, ${PER_DELIVERY}, ${PER_DELIVERY}, CASE WHEN dead THEN 'http_error' ELSE 'delivered' END,
    CASE WHEN dead THEN (ARRAY['server_error', 'network', 'rate_limit'])[1 + n % 3] END,
    CASE WHEN dead THEN 'http 503' END, at, ${PER_DELIVERY}
  FROM made
), attempts AS (
  INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next,
    http_status, error_class)
  SELECT id, number, app_id, endpoint_id, capability, at + number * interval '10 milliseconds',
    least(30000, ceil(exp(4.5 + 1.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))))::integer,
    CASE WHEN number < ${PER_DELIVERY} OR dead THEN 'http_error' ELSE 'delivered' END,
    CASE WHEN number < ${PER_DELIVERY} THEN 'retry' WHEN dead THEN 'dead' ELSE 'done' END,
    CASE WHEN number < ${PER_DELIVERY} OR dead THEN 503 ELSE 200 END,
    CASE WHEN number < ${PER_DELIVERY} OR dead THEN 'server_error' END
  FROM made, generate_series(1, ${PER_DELIVERY}) AS number
)
INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, error, attempts, failed_at, delivery_id,
  endpoint_id, category, reason, error_class)
SELECT gen_random_uuid(), app_id, capability, '{"n":1}', 'http 503', ${PER_DELIVERY}, at, id, endpoint_id, 'RETRYABLE',
  'exhausted', (ARRAY['server_error', 'network', 'rate_limit'])[1 + n % 3]
FROM made WHERE dead`;

const ADMIN = '/api/v1/admin';
/** Every list and chart that the dashboard asks for. */
const ROUTES: [what: string, path: string][] = [
  ['overview', `${ADMIN}/overview`],
  ['apps, worst first', `${ADMIN}/app-summaries`],
  ['apps by name', `${ADMIN}/app-summaries?sort=name&search=bench`],
  ...['1h', '6h', '24h', '7d', '30d'].map((window): [string, string] => [
    `series of an app, ${window}`,
    `${ADMIN}/apps/bench-7/series?window=${window}`,
  ]),
  ['series of a capability, 7d', `${ADMIN}/apps/bench-7/series?window=7d&capability=report`],
  ['metrics of an app, 24h', `${ADMIN}/webhook-metrics/bench-7?window=24h`],
  ['deliveries', '/api/v1/deliveries'],
  ['deliveries of an app', '/api/v1/deliveries?appId=bench-7'],
  ['deliveries, dead letters', '/api/v1/deliveries?status=dead_letter'],
  ['deliveries, fallback of an app', '/api/v1/deliveries?status=fallback&appId=bench-7'],
  ['deliveries by request id', '/api/v1/deliveries?requestId=r-77'],
  ['deliveries by error class', '/api/v1/deliveries?errorClass=network'],
  ['deliveries, an error class that none has', '/api/v1/deliveries?errorClass=tls'],
  ['deliveries, a status that none has', '/api/v1/deliveries?status=failed'],
  ['deliveries of a capability', '/api/v1/deliveries?capability=report'],
  ['deliveries, a capability that none has', '/api/v1/deliveries?capability=nothing'],
  ['deliveries of events, of which there are none', '/api/v1/deliveries?kind=event'],
  ['deliveries of sync calls', '/api/v1/deliveries?mode=sync'],
  ['dead letters', `${ADMIN}/dlq`],
  ['dead letters of an app', `${ADMIN}/dlq?appId=bench-7`],
  ['dead letters by error class', `${ADMIN}/dlq?errorClass=network`],
  ['groups of dead letters', `${ADMIN}/dlq/groups`],
  ['groups of an app', `${ADMIN}/dlq/groups?appId=bench-7`],
  ['counts of dead letters', `${ADMIN}/dlq/stats`],
  ['breakers', `${ADMIN}/circuit-breaker/status`],
  ['alerts', `${ADMIN}/alerts`],
  ['health of apps', `${ADMIN}/health/apps`],
  ['uptime of an app', `${ADMIN}/health/apps/bench-7/uptime`],
  ['webhook-health', `${ADMIN}/webhook-health`],
  ['queue statistics', `${ADMIN}/queue/statistics`],
  ['search by name', '/api/v1/search?q=bench'],
  ['search by request id', '/api/v1/search?q=r-4242'],
  ['workers', `${ADMIN}/workers`],
  ['system', `${ADMIN}/system`],
  ['audit log', `${ADMIN}/audit-log`],
];

/** Answers of the dashboard's lists and charts over a week of attempts, beside the bare query. */
export async function benchScreens(
  ground: Ground,
  { count, rounds }: { count: number; rounds: number },
): Promise<Result> {
  const settings = settingsOf(ground, 'postgres');
  const client = new pg.Client({
    connectionString: ground.ownerUrl,
    options: '-c role=breakwater_service -c synchronous_commit=off',
  });
  const api = await startApi(settings);
  const worker = await startRole('worker', settings);
  try {
    await client.connect();
    for (let n = 0; n < APPS; n++) {
      const webhooks = CAPABILITIES.map((name) => [name, { url: `/${name}`, async: true }] as const);
      await register(api, `bench-${n}`, 'http://127.0.0.1:8099', Object.fromEntries(webhooks));
    }
    const startedMs = performance.now();
    await fill(client, Math.ceil(count / PER_DELIVERY));
    const filled = seconds(startedMs);
    await rolledUp(client);
    // As the owner. Autovacuum would do it a little later.
    await client.query('SET ROLE NONE');
    await client.query('VACUUM (ANALYZE) deliveries, attempts, webhook_dead_letter_queue');
    const rows: Result['rows'] = [
      { what: `filled ${count} attempts`, seconds: filled },
      { what: 'and rolled up', seconds: seconds(startedMs) },
    ];
    await ended(worker, 'SIGTERM');
    const bareMs = await measure(rounds, () => client.query('SELECT 1'));
    rows.push({ what: 'bare: SELECT 1', ...shown(bareMs) });
    const pingMs = await measure(rounds, () => answerOf(api, '/healthz'));
    rows.push({ what: 'bare: a request without a query', ...shown(pingMs) });
    for (const [what, path] of ROUTES) {
      const times = await measure(rounds, () => answerOf(api, path));
      const p95 = quantile(times, 0.95);
      rows.push({
        what,
        ...shown(times),
        'ratio to SELECT 1': Math.round(quantile(times, 0.5) / quantile(bareMs, 0.5)),
        budget: BUDGET_MS,
        met: p95 <= BUDGET_MS,
      });
    }
    return { rows };
  } finally {
    await client.end();
    await ended(worker, 'SIGTERM');
    await ended(api.process, 'SIGTERM');
  }
}

async function fill(client: pg.Client, deliveries: number): Promise<void> {
  await client.query(`SELECT make_partitions(now() - interval '8 days')`);
  for (let from = 1; from <= deliveries; from += PER_STATEMENT) {
    await client.query(DELIVERIES, [from, Math.min(deliveries, from + PER_STATEMENT - 1), deliveries]);
  }
}

async function rolledUp(client: pg.Client): Promise<void> {
  const until = Date.now() + WITHIN_MS;
  for (; Date.now() < until; await delay(500)) {
    const { rows } = await client.query<{ done: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM attempts WHERE recorded_in >= (SELECT cursor FROM metric_rollup_state)) AS done`,
    );
    if (rows[0]!.done) return;
  }
  throw new Error('the attempts were not rolled up');
}

async function answerOf({ url }: Server, path: string): Promise<void> {
  const answer = await fetch(url + path, { headers: AUTHORIZED });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
}

/** One at a time, after one that warms up, ms each. */
async function measure(rounds: number, ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const startedMs = performance.now();
    await ask();
    if (round > 0) times.push(performance.now() - startedMs);
  }
  return times;
}

function shown(times: number[]): Record<string, number> {
  const tenths = (ms: number): number => Math.round(ms * 10) / 10;
  return { 'p50 ms': tenths(quantile(times, 0.5)), 'p95 ms': tenths(quantile(times, 0.95)) };
}

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / 1000);
}
