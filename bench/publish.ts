import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { cpuMsOfFamily } from './cost.js';
import type { Ground } from './ground.js';
import type { Load, Sent } from './load.js';
import { PAYLOADS } from './payloads.js';
import {
  ask,
  AUTHORIZED,
  cpuMsOf,
  ended,
  message,
  register,
  settingsOf,
  startApi,
  startProgram,
  startRole,
  type Server,
} from './programs.js';
import { inTurn, middle, quantile, rowsOf, type Measured, type Result } from './rounds.js';

const TYPE = 'bench.published';
const MANY_TYPE = 'many.published';
/** As many as a manifest may have. */
const OF_ONE_APP = 500;
/** One app for each number of matches: the subscriptions of the others are not looked at. */
const MATCHES = [1, 10, 100] as const;
const THOUSAND = 1_000;
const IN_FLIGHT = 10;
const BUDGETS = { thousandMs: 150, sqlMs: 250 };
const LOOK_EVERY_MS = 2;

/** As one manifest after another would create them. */
const SUBSCRIBE = `
WITH given AS MATERIALIZED (
  SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::integer) AS n
), made AS (
  INSERT INTO endpoints (id, app_id, capability, kind, async, url, paused_at, paused_by)
  SELECT id, $1, 'endpoint:' || id, 'subscription', true, $3, CASE WHEN $5 THEN now() END, CASE WHEN $5 THEN 'bench' END
  FROM given
)
INSERT INTO subscriptions (endpoint_id, app_id, name, events, filter, managed_by)
SELECT id, $1, 's' || n, ARRAY[$4], '{"payload": {"event": "order.created"}}', 'rest' FROM given`;

/** `xmin` is the transaction that stored a row. */
const ROWS_OF_LAST_EVENT = `
WITH last AS (SELECT id FROM events WHERE app_id = $1 ORDER BY id DESC LIMIT 1)
SELECT count(DISTINCT xmin::text)::int AS commits, count(*)::int AS rows FROM (
  SELECT e.xmin FROM events e JOIN last USING (id)
  UNION ALL
  SELECT d.xmin FROM deliveries d JOIN last ON last.id = d.event_id) AS of_one_event`;

export interface PublishSize {
  /** Events of a round with one match; fewer with more matches. */
  count: number;
  rounds: number;
  /** Events of a round with 1,000 matches, and events that SQL publishes. */
  samples: number;
  /** Subscriptions that are more than one commit makes. */
  many: number;
}

/** Publishing an event: alone with many subscriptions, by SQL, and as fast as possible against a bare insert. */
export async function benchPublish(ground: Ground, size: PublishSize): Promise<Result> {
  const bench = await PublishBench.start(ground);
  try {
    const worker = await bench.startWorker();
    const sql = await bench.bySql(size.samples);
    const many = await bench.many(size.many, size.rounds);
    await ended(worker, 'SIGTERM');
    return { rows: [...(await bench.thousand(size)), many, sql, ...(await bench.throughput(size))] };
  } finally {
    await bench.stop();
  }
}

class PublishBench {
  private readonly servers: ChildProcess[] = [];

  private constructor(
    private readonly ground: Ground,
    private readonly settings: Record<string, string>,
    private readonly api: Server,
    private readonly load: ChildProcess,
    private readonly receiver: ChildProcess,
    private readonly receiverUrl: string,
    private readonly client: pg.Client,
  ) {}

  static async start(ground: Ground): Promise<PublishBench> {
    const receiver = startProgram('./receiver.js');
    const { port } = await message<{ port: number }>(receiver);
    const load = startProgram('./load.js');
    await message(load);
    const settings = settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis');
    const api = await startApi(settings);
    const client = new pg.Client({ connectionString: ground.ownerUrl });
    await client.connect();
    return new PublishBench(ground, settings, api, load, receiver, `http://127.0.0.1:${port}`, client);
  }

  async startWorker(): Promise<ChildProcess> {
    const worker = await startRole('worker', { ...this.settings, QUEUE_CONCURRENCY: '50' });
    this.servers.push(worker);
    return worker;
  }

  /** One event after another with 1,000 matches; the rows of an event are of one transaction. */
  async thousand({ samples, rounds }: PublishSize): Promise<Result['rows']> {
    const { sides, appId } = await this.sides(THOUSAND, samples, 1);
    const results = await inTurn(sides, rounds);
    const { rows } = await this.client.query<{ commits: number; rows: number }>(ROWS_OF_LAST_EVENT, [appId]);
    const { commits, rows: count } = rows[0]!;
    if (commits !== 1 || count !== THOUSAND + 1)
      throw new Error(`${count} rows of one event, in ${commits} commits`);
    const p95Ms = middle(results['product']!.map((one) => one.p95Ms!));
    const postgresMs = await this.postgresCpuMs(() => this.publish(appId, samples, 1));
    const budget = {
      'postgres cpu ms': Number((postgresMs / samples).toFixed(1)),
      budget: `p95 <= ${BUDGETS.thousandMs} ms, one commit`,
      met: p95Ms <= BUDGETS.thousandMs,
    };
    const all = rowsOf('publish, 1,000 matches, one at a time', results);
    return all.map((row) => (row['side'] === 'product' ? { ...row, ...budget } : row));
  }

  /** An event of the platform, from the request to the answer and to its last delivery. All of them are paused. */
  async many(subscriptions: number, rounds: number): Promise<Record<string, unknown>> {
    for (let left = subscriptions; left > 0; left -= OF_ONE_APP)
      await this.app(Math.min(left, OF_ONE_APP), `many-${left}`, { type: MANY_TYPE, paused: true });
    const answeredMs: number[] = [];
    const madeMs: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const started = performance.now();
      await this.publish(null, 1, 1);
      const answered = performance.now() - started;
      await this.until(`SELECT 1 FROM events WHERE type = $1 AND fan_out_at IS NOT NULL`, MANY_TYPE);
      if (round > 0) madeMs.push(performance.now() - started);
      if (round > 0) answeredMs.push(answered);
    }
    const { rows } = await this.client.query<{ right: number }>(
      `SELECT count(*)::int AS right FROM (
         SELECT 1 FROM deliveries WHERE event_type = $1 GROUP BY endpoint_id HAVING count(*) = $2) AS each_once`,
      [MANY_TYPE, rounds + 1],
    );
    if (rows[0]!.right !== subscriptions) throw new Error('a subscription missed an event, or got one twice');
    return {
      what: `${subscriptions.toLocaleString('en')} matches`,
      'answer ms': Math.round(middle(answeredMs)),
      'all deliveries made ms': Math.round(middle(madeMs)),
      rounds,
    };
  }

  /** From the commit of `breakwater.publish` until its deliveries exist. */
  async bySql(count: number): Promise<Record<string, unknown>> {
    const appId = await this.app(10, 'by-sql');
    const tookMs: number[] = [];
    for (let n = 0; n <= count; n++) {
      const { rows } = await this.client.query<{ id: string }>(
        'SELECT breakwater.publish($1, $2::json, $3) AS id',
        [TYPE, PAYLOADS['1 KiB'], appId],
      );
      const started = performance.now();
      await this.until(`SELECT 1 FROM events WHERE id = $1 AND fan_out_at IS NOT NULL`, rows[0]!.id);
      if (n > 0) tookMs.push(performance.now() - started);
      await delay(20 + (n % 7) * 5);
    }
    const p95 = quantile(tookMs, 0.95);
    return {
      what: 'breakwater.publish, from the commit until its 10 deliveries exist',
      'p50 ms': Number(quantile(tookMs, 0.5).toFixed(1)),
      'p95 ms': Number(p95.toFixed(1)),
      budget: `p95 <= ${BUDGETS.sqlMs} ms`,
      met: p95 <= BUDGETS.sqlMs,
    };
  }

  /** Without a worker: only publishing. */
  async throughput({ count, rounds }: PublishSize): Promise<Result['rows']> {
    const rows: Result['rows'] = [];
    for (const matches of MATCHES) {
      const events = Math.max(20, Math.round(count / Math.sqrt(matches)));
      const { sides } = await this.sides(matches, events, IN_FLIGHT);
      rows.push(...rowsOf(`publish, ${matches} matches`, await inTurn(sides, rounds)));
    }
    return rows;
  }

  private async sides(
    matches: number,
    count: number,
    inFlight: number,
  ): Promise<{ sides: Record<string, () => Promise<Measured>>; appId: string }> {
    const appId = await this.app(matches, `match-${matches}`);
    const bare = startProgram('./bare-server.js', ['publish', this.ground.ownerUrl, String(matches)]);
    this.servers.push(bare);
    const { port } = await message<{ port: number }>(bare);
    const load: Load = {
      url: `http://127.0.0.1:${port}/`,
      headers: { 'content-type': 'application/json' },
      body: PAYLOADS['1 KiB'],
      count,
      inFlight,
    };
    const sides = {
      'bare INSERT … SELECT': () => this.measured(bare, () => this.send(load), count),
      product: () => this.measured(this.api.process, () => this.publish(appId, count, inFlight), count),
    };
    return { sides, appId };
  }

  async stop(): Promise<void> {
    await this.client.end();
    for (const server of [...this.servers, this.load, this.receiver]) await ended(server, 'SIGKILL');
    await ended(this.api.process, 'SIGTERM');
  }

  /** Of all its processes: this does not depend on how busy the machine is. */
  private async postgresCpuMs(work: () => Promise<unknown>): Promise<number> {
    const { rows } = await this.client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const before = cpuMsOfFamily(rows[0]!.pid);
    await work();
    return cpuMsOfFamily(rows[0]!.pid) - before;
  }

  private async measured(process: ChildProcess, send: () => Promise<Sent>, count: number): Promise<Measured> {
    const cpuBefore = cpuMsOf(process);
    const { seconds, p95Ms } = await send();
    const cpuAfter = cpuMsOf(process);
    const cpuMs = cpuBefore === null || cpuAfter === null ? undefined : (cpuAfter - cpuBefore) / count;
    return { perSecond: count / seconds, wrong: 0, cpuMs, p95Ms };
  }

  private async app(
    subscriptions: number,
    appId: string,
    { type = TYPE, paused = false } = {},
  ): Promise<string> {
    await register(this.api, appId, this.receiverUrl, {});
    await this.client.query(SUBSCRIBE, [appId, subscriptions, `${this.receiverUrl}/busy`, type, paused]);
    await this.client.query('ANALYZE endpoints, subscriptions, subscription_versions');
    return appId;
  }

  /** @param appId null: an event of the platform */
  private async publish(appId: string | null, count: number, inFlight: number): Promise<Sent> {
    const whose = appId === null ? `"type":"${MANY_TYPE}"` : `"appId":"${appId}","type":"${TYPE}"`;
    return this.send({
      url: `${this.api.url}/api/v1/events`,
      headers: AUTHORIZED,
      body: `{${whose},"payload":${PAYLOADS['1 KiB']}}`,
      count,
      inFlight,
    });
  }

  /** @throws unless each is a 202 */
  private async send(load: Load): Promise<Sent> {
    const sent = await ask<Sent>(this.load, load);
    if (sent.statuses[202] !== load.count)
      throw new Error(`not all were 202: ${JSON.stringify(sent.statuses)}`);
    return sent;
  }

  /** Until a statement finds nothing. */
  private async until(sql: string, value: string): Promise<void> {
    const limit = Date.now() + 120_000;
    while ((await this.client.query(sql, [value])).rows.length > 0) {
      if (Date.now() > limit) throw new Error(`still: ${sql}`);
      await delay(LOOK_EVERY_MS);
    }
  }
}
