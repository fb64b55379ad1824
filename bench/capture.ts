import type { ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import pg from 'pg';
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
import { inTurn, middle, rowsOf, type Measured, type Result } from './rounds.js';

const APP = 'bench_capture';
const SECRET = 'bench';
const TYPE = 'bench.published';
const PER_SECOND = 200;
const AT_ONCE = 100;
const IN_FLIGHT = 10;
const BUDGET_MS = 15;

/** The sender must not stamp it: it is signed. */
const BODY = PAYLOADS['1 KiB'].replace('"sentAt":0', '"sentAt":1');

/** Of a webhook as GitHub sends it; `{uuid}` is another one in each request. */
const HEADERS = {
  'user-agent': 'GitHub-Hookshot/044aadd',
  'content-type': 'application/json',
  'x-github-event': 'push',
  'x-github-delivery': '{uuid}',
  'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`,
};

const STORED = `
SELECT (SELECT count(*)::int FROM captures WHERE app_id = $1 AND result = 'accepted') AS captures,
  (SELECT count(*)::int FROM events WHERE app_id = $1 AND source_id IS NOT NULL) AS events,
  (SELECT count(*)::int FROM deliveries WHERE app_id = $1 AND event_type = 'inbound.github') AS deliveries`;

interface Stored {
  captures: number;
  events: number;
  deliveries: number;
}

/**
 * Requests of a provider, verified, stored and acknowledged: at a rate, many at once, and as fast as possible. The other
 * side is an event of the same size that is published, the nearest that the same process did before.
 */
export async function benchCapture(
  ground: Ground,
  { count, rounds }: { count: number; rounds: number },
): Promise<Result> {
  const bench = await CaptureBench.start(ground);
  try {
    return {
      rows: [
        ...(await bench.atRate(count, rounds)),
        await bench.atOnce(),
        ...(await bench.throughput(count, rounds)),
      ],
    };
  } finally {
    await bench.stop();
  }
}

class CaptureBench {
  private constructor(
    private readonly api: Server,
    private readonly worker: ChildProcess,
    private readonly load: ChildProcess,
    private readonly receiver: ChildProcess,
    private readonly client: pg.Client,
    private readonly address: string,
  ) {}

  static async start(ground: Ground): Promise<CaptureBench> {
    const receiver = startProgram('./receiver.js');
    const { port } = await message<{ port: number }>(receiver);
    const load = startProgram('./load.js');
    await message(load);
    const settings = settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis');
    const api = await startApi(settings);
    const worker = await startRole('worker', { ...settings, QUEUE_CONCURRENCY: '50' });
    const client = new pg.Client({ connectionString: ground.ownerUrl });
    await client.connect();
    const url = `http://127.0.0.1:${port}`;
    await register(
      api,
      APP,
      url,
      {},
      { published: { url: `${url}/published`, events: [TYPE], concurrency: 50 } },
    );
    const made = await fetch(`${api.url}/api/v1/apps/${APP}/sources`, {
      method: 'POST',
      headers: AUTHORIZED,
      body: JSON.stringify({
        name: 'github',
        verification: { preset: 'github' },
        secret: SECRET,
        targets: [{ name: 'main', url: `${url}/captured`, concurrency: 50 }],
      }),
    });
    if (made.status !== 201) throw new Error(`no source: ${await made.text()}`);
    const { pathname } = new URL(((await made.json()) as { url: string }).url);
    return new CaptureBench(api, worker, load, receiver, client, `${api.url}${pathname}`);
  }

  /** The answer at 200 requests a second, beside that of a published event. */
  async atRate(count: number, rounds: number): Promise<Result['rows']> {
    const at = (send: (load: Partial<Load>) => Promise<Sent>) => (): Promise<Measured> =>
      this.measured(() => send({ count, perSecond: PER_SECOND, inFlight: AT_ONCE }), count);
    const sides = {
      'event publish': at((load) => this.publish(load)),
      product: at((load) => this.capture(load)),
    };
    const results = await inTurn(sides, rounds);
    const p95Ms = middle(results['product']!.map((one) => one.p95Ms!));
    const bareMs = middle(results['event publish']!.map((one) => one.p95Ms!));
    const budget = {
      'p95 ratio': Number((p95Ms / bareMs).toFixed(2)),
      budget: `p95 <= ${BUDGET_MS} ms`,
      met: p95Ms <= BUDGET_MS,
    };
    const rows = rowsOf(`capture, acknowledged at ${PER_SECOND}/s`, results);
    return rows.map((row) => (row['side'] === 'product' ? { ...row, ...budget } : row));
  }

  /** @throws unless each is stored and forwarded exactly once */
  async atOnce(): Promise<Record<string, unknown>> {
    const before = await this.stored();
    await ask(this.receiver, { expect: AT_ONCE });
    const forwarded = message<{ ids: number; doubled: number }>(this.receiver);
    const started = performance.now();
    const [{ seconds, p95Ms }, { ids, doubled }] = await Promise.all([
      this.capture({ count: AT_ONCE, inFlight: AT_ONCE }),
      forwarded,
    ]);
    const allMs = performance.now() - started;
    const after = await this.stored();
    const isRight =
      ids === AT_ONCE &&
      doubled === 0 &&
      Object.keys(after).every((name) => grown(name, before, after) === AT_ONCE);
    if (!isRight)
      throw new Error(`of ${AT_ONCE}: ${ids} forwarded, stored ${JSON.stringify({ before, after })}`);
    return {
      what: `capture, ${AT_ONCE} at once`,
      'stored and forwarded once': ids,
      'answered ms': Math.round(seconds * 1000),
      'p95 ms': p95Ms,
      'all forwarded ms': Math.round(allMs),
    };
  }

  async throughput(count: number, rounds: number): Promise<Result['rows']> {
    const at = (send: (load: Partial<Load>) => Promise<Sent>) => (): Promise<Measured> =>
      this.measured(() => send({ count, inFlight: IN_FLIGHT }), count);
    const sides = {
      'event publish': at((load) => this.publish(load)),
      product: at((load) => this.capture(load)),
    };
    return rowsOf(`capture, ${IN_FLIGHT} at a time`, await inTurn(sides, rounds));
  }

  async stop(): Promise<void> {
    await this.client.end();
    await ended(this.worker, 'SIGTERM');
    await ended(this.api.process, 'SIGTERM');
    for (const program of [this.load, this.receiver]) await ended(program, 'SIGKILL');
  }

  private async stored(): Promise<Stored> {
    return (await this.client.query<Stored & pg.QueryResultRow>(STORED, [APP])).rows[0]!;
  }

  /** The deliveries of one side are made before the other side is measured. */
  private async measured(send: () => Promise<Sent>, count: number): Promise<Measured> {
    await ask(this.receiver, { expect: count });
    const forwarded = message<{ ids: number; doubled: number }>(this.receiver);
    const cpuBefore = cpuMsOf(this.api.process);
    const sent = send().then((one) => ({ ...one, cpuAfter: cpuMsOf(this.api.process) }));
    const [{ seconds, p95Ms, cpuAfter }, { ids, doubled }] = await Promise.all([sent, forwarded]);
    const cpuMs = cpuBefore === null || cpuAfter === null ? undefined : (cpuAfter - cpuBefore) / count;
    return { perSecond: count / seconds, wrong: count - ids + doubled, cpuMs, p95Ms };
  }

  private async capture(load: Partial<Load>): Promise<Sent> {
    return this.send(
      { url: this.address, headers: HEADERS, body: BODY, count: 0, inFlight: 1, ...load },
      200,
    );
  }

  private async publish(load: Partial<Load>): Promise<Sent> {
    const body = `{"appId":"${APP}","type":"${TYPE}","payload":${BODY}}`;
    const url = `${this.api.url}/api/v1/events`;
    return this.send({ url, headers: AUTHORIZED, body, count: 0, inFlight: 1, ...load }, 202);
  }

  private async send(load: Load, status: number): Promise<Sent> {
    const sent = await ask<Sent>(this.load, load);
    if (sent.statuses[status] !== load.count)
      throw new Error(`not all were ${status}: ${JSON.stringify(sent.statuses)}`);
    return sent;
  }
}

function grown(name: string, before: Stored, after: Stored): number {
  return after[name as keyof Stored] - before[name as keyof Stored];
}
