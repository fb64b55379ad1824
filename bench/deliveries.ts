import type { ChildProcess } from 'node:child_process';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { createPostgresBackend, Queue } from 'bullmq';
import { AccessModule } from '@breakwater/access';
import { AcceptDelivery, DeliveryModule } from '@breakwater/delivery';
import { EndpointDirectory, ManifestRegistry } from '@breakwater/manifest';
import { configFrom, newId, PlatformModule } from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import type { Ground } from './ground.js';
import { PAYLOADS } from './payloads.js';
import {
  ask,
  cpuMsOf,
  ended,
  message,
  settingsOf,
  startProgram,
  startRole,
  type Backend,
} from './programs.js';
import { inTurn, rowsOf, type Measured, type Result } from './rounds.js';

const APP = 'bench';
/**
 * Many in progress: a slot is taken from before the claim until the answer, and here the call is the smaller part of
 * that.
 */
const CONCURRENCY = 100;

export interface Size {
  /** Calls per round and side. */
  count: number;
  /** Measured rounds; one before them warms up. */
  rounds: number;
}

interface Done {
  done: string;
  ids: number;
  doubled: number;
  bytes: number;
}

/**
 * Async delivery: a backlog is created while the worker is paused, then processed. So only the worker's part is
 * measured; acceptance has a budget of its own.
 */
export async function benchDeliveries(ground: Ground, { count, rounds }: Size): Promise<Result> {
  const rows: Result['rows'] = [];
  for (const backend of backendsOf(ground)) {
    const bench = await DeliveriesBench.start(backend, ground, { body: Buffer.from(PAYLOADS.push) });
    const results = await inTurn(
      {
        bare: () => bench.bare(count),
        product: () => bench.product(count),
        'hand-made': () => bench.handMade(count),
      },
      rounds,
    );
    await bench.stop();
    const budgets = backend === 'redis' ? { ratio: 0.85, cpuRatio: 1.3 } : { ratio: 0.8 };
    rows.push(...rowsOf(`async delivery, ${backend}`, results, budgets));
  }
  return { rows };
}

/**
 * The product with roll-ups off and with a roll-up every second, fifteen times as often as by default, alternating.
 */
export async function benchMetricsOverhead(ground: Ground, { count, rounds }: Size): Promise<Result> {
  const rows: Result['rows'] = [];
  for (const backend of backendsOf(ground)) {
    const bench = await DeliveriesBench.start(backend, ground, { body: Buffer.from(PAYLOADS.push) });
    const results = await inTurn(
      {
        off: () => bench.product(count, { WEBHOOK_METRICS: 'false' }),
        on: () => bench.product(count, { WEBHOOK_METRICS: 'true', WEBHOOK_METRICS_INTERVAL: '1000' }),
      },
      rounds,
    );
    await bench.stop();
    rows.push(...rowsOf(`metrics, ${backend}`, results));
  }
  return { rows };
}

/** The product alone, with more and more workers and endpoints. */
export async function benchScale(ground: Ground, { count, rounds }: Size): Promise<Result> {
  const rows: Result['rows'] = [];
  const [backend] = backendsOf(ground);
  const body = Buffer.from(PAYLOADS['1 KiB']);
  const sides: Record<string, Omit<Shape, 'body'>> = {
    '1 worker, 10 endpoints': { workers: 1, endpoints: 10 },
    '2 workers, 10 endpoints': { workers: 2, endpoints: 10 },
    '3 workers, 10 endpoints': { workers: 3, endpoints: 10 },
    '1 worker, 100 endpoints': { workers: 1, endpoints: 100 },
    '1 worker, 1000 endpoints': { workers: 1, endpoints: 500, apps: 2 },
    '1 worker, 10000 endpoints': { workers: 1, endpoints: 500, apps: 20 },
  };
  const benches = new Map<string, DeliveriesBench>();
  for (const [n, [name, shape]] of Object.entries(sides).entries())
    benches.set(name, await DeliveriesBench.start(backend!, ground, { body, ...shape, app: `scale-${n}` }));
  const runs = Object.keys(sides).map((name) => [name, () => benches.get(name)!.product(count)] as const);
  rows.push(...rowsOf(`throughput, ${backend}`, await inTurn(Object.fromEntries(runs), rounds)));
  for (const bench of benches.values()) await bench.stop();
  return { rows };
}

export function backendsOf(ground: Ground): Backend[] {
  if (ground.redisUrl !== null) return ['redis', 'postgres'];
  process.stdout.write('skipped: redis-server is not installed\n');
  return ['postgres'];
}

interface Shape {
  body: Buffer;
  workers?: number;
  /** Of each app. */
  endpoints?: number;
  apps?: number;
  app?: string;
}

/** One backend: the product and the bare loop on the same ground, receiver and number of calls. */
export class DeliveriesBench {
  private workers: { of: string; processes: ChildProcess[] } = { of: '', processes: [] };
  private readonly loops = new Map<string, { worker: ChildProcess; queue: Queue }>();
  private accepting: INestApplicationContext | undefined;

  private constructor(
    private readonly backend: Backend,
    private readonly ground: Ground,
    private readonly shape: Required<Shape>,
    private readonly receiver: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(backend: Backend, ground: Ground, shape: Shape): Promise<DeliveriesBench> {
    const receiver = startProgram('./receiver.js');
    const { port } = await message<{ port: number }>(receiver);
    const whole = { workers: 1, endpoints: 20, apps: 1, app: APP, ...shape };
    return new DeliveriesBench(backend, ground, whole, receiver, `http://127.0.0.1:${port}`);
  }

  async product(count: number, settings: Record<string, string> = {}): Promise<Measured> {
    const workers = await this.startWorkers(settings);
    const app = (this.accepting ??= await this.acceptor());
    const directory = app.get(EndpointDirectory);
    const endpoints = await Promise.all(
      this.apps().flatMap((id) => this.names().map((name) => directory.find(id, name))),
    );
    const accept = app.get(AcceptDelivery);
    return this.workedOff(workers, count, async () => {
      const accepted = Array.from({ length: count }, (_, index) =>
        accept.accept({
          endpoint: endpoints[index % endpoints.length]!,
          kind: 'invocation',
          requestId: newId(),
          body: this.shape.body,
          contentType: 'application/json',
        }),
      );
      await Promise.all(accepted);
    });
  }

  async bare(count: number): Promise<Measured> {
    const data = { url: this.url, body: this.shape.body.toString('utf8') };
    return this.loop(
      count,
      'bare',
      (name) => ['./bare-worker.js', [...this.queueOf(), name, String(CONCURRENCY)]],
      () => data,
    );
  }

  async handMade(count: number): Promise<Measured> {
    const body = this.shape.body.toString('utf8');
    return this.loop(
      count,
      'hand-made',
      (name) => ['./hand-made.js', ['worker', this.url, ...this.queueOf(), this.ground.databaseUrl, name]],
      () => ({ id: newId(), body }),
    );
  }

  async stop(): Promise<void> {
    for (const worker of this.workers.processes) await ended(worker, 'SIGTERM');
    await this.accepting?.close();
    for (const { worker, queue } of this.loops.values()) {
      await ended(worker, 'SIGKILL');
      await queue.close();
    }
    await ended(this.receiver, 'SIGKILL');
  }

  private async workedOff(
    workers: readonly ChildProcess[],
    count: number,
    putUp: () => Promise<void>,
  ): Promise<Measured> {
    for (const worker of workers) worker.kill('SIGSTOP');
    await ask(this.receiver, { expect: count });
    const finished = message<Done>(this.receiver);
    await putUp();
    const cpuBefore = workers.map((worker) => cpuMsOf(worker));
    const startedNs = process.hrtime.bigint();
    for (const worker of workers) worker.kill('SIGCONT');
    const { done, ids, doubled, bytes } = await finished;
    if (bytes !== count * this.shape.body.length) throw new Error(`${bytes} bytes arrived, not all bodies`);
    const cpuMs = workers.reduce((sum, worker, n) => sum + cpuMsOf(worker)! - cpuBefore[n]!, 0) / count;
    const perSecond = count / (Number(BigInt(done) - startedNs) / 1e9);
    return { perSecond, wrong: count - ids + doubled, cpuMs: Number.isNaN(cpuMs) ? undefined : cpuMs };
  }

  private async startWorkers(settings: Record<string, string>): Promise<ChildProcess[]> {
    const of = JSON.stringify(settings);
    if (this.workers.of !== of) {
      for (const worker of this.workers.processes) await ended(worker, 'SIGTERM');
      const env = { ...this.environment(), ...settings };
      const starting = Array.from({ length: this.shape.workers }, () => startRole('worker', env));
      this.workers = { of, processes: await Promise.all(starting) };
    }
    return this.workers.processes;
  }

  private async acceptor(): Promise<INestApplicationContext> {
    const config = configFrom(this.environment());
    const imports = [PlatformModule.forRoot(config), WebhookClientModule.forConfig(config), AccessModule];
    const app = await NestFactory.createApplicationContext(
      { module: DeliveryModule, imports },
      { logger: false },
    );
    const webhook = { url: `${this.url}/`, async: true, concurrency: CONCURRENCY };
    const manifest = {
      name: 'Bench',
      ownerEmail: 'bench@example.com',
      baseUrl: this.url,
      webhooks: Object.fromEntries(this.names().map((name) => [name, webhook])),
    };
    for (const id of this.apps()) await app.get(ManifestRegistry).register(id, manifest, 'bench');
    return app;
  }

  /** A loop over a queue of its own, filled in bulk. */
  private async loop(
    count: number,
    kind: string,
    program: (queue: string) => [file: string, args: string[]],
    job: () => object,
  ): Promise<Measured> {
    if (!this.loops.has(kind)) {
      const name = `${kind}-${newId()}`;
      const worker = startProgram(...program(name));
      await message(worker);
      this.loops.set(kind, { worker, queue: this.queue(name) });
    }
    const { worker, queue } = this.loops.get(kind)!;
    return this.workedOff([worker], count, async () => {
      const opts = { removeOnComplete: true };
      for (let added = 0; added < count; added += 1_000) {
        const size = Math.min(1_000, count - added);
        await queue.addBulk(Array.from({ length: size }, () => ({ name: 'call', data: job(), opts })));
      }
    });
  }

  private queue(name: string): Queue {
    const [backend, connection] = this.queueOf();
    if (backend === 'redis') return new Queue(name, { connection: { url: connection } });
    const options = { connection: { connectionString: connection, schema: 'bullmq', max: 4 } };
    return new Queue(name, options, createPostgresBackend as never);
  }

  private queueOf(): [backend: Backend, connection: string] {
    return [this.backend, this.backend === 'redis' ? this.ground.redisUrl! : this.ground.ownerUrl];
  }

  private environment(): Record<string, string> {
    return {
      ...settingsOf(this.ground, this.backend),
      QUEUE_CONCURRENCY: String(CONCURRENCY),
      QUEUE_PREFIX: `bench-${this.shape.app}`,
    };
  }

  private apps(): string[] {
    return Array.from({ length: this.shape.apps }, (_, index) => `${this.shape.app}-${index}`);
  }

  private names(): string[] {
    return Array.from({ length: this.shape.endpoints }, (_, index) => `capability_${index}`);
  }
}
