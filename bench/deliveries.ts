import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { createPostgresBackend, Queue } from 'bullmq';
import { AccessModule } from '@breakwater/access';
import { AcceptDelivery, DeliveryModule } from '@breakwater/delivery';
import { EndpointDirectory, ManifestRegistry } from '@breakwater/manifest';
import { configFrom, newId, PlatformModule } from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { ended, message, startProgram, type Ground } from './ground.js';

const APP = 'bench';
const ENDPOINTS = 20;
const CONCURRENCY = 50;

export interface Measured {
  perSecond: number;
  /** Ids that came more than once. */
  doubled: number;
}

interface Done {
  done: string;
  ids: number;
  doubled: number;
}

/** Async delivery over one backend: the product and the bare loop on the same ground, receiver and number of calls. */
export class DeliveriesBench {
  private constructor(
    private readonly backend: 'redis' | 'postgres',
    private readonly ground: Ground,
    private readonly receiver: ChildProcess,
    private readonly url: string,
    private readonly body: Buffer,
  ) {}

  static async start(backend: 'redis' | 'postgres', ground: Ground, body: Buffer): Promise<DeliveriesBench> {
    const receiver = startProgram('./receiver.js');
    const { port } = await message<{ port: number }>(receiver);
    return new DeliveriesBench(backend, ground, receiver, `http://127.0.0.1:${port}`, body);
  }

  /** Accepts and delivers `count` with one worker process; verified: each id came. */
  async product(count: number, settings: Record<string, string> = {}): Promise<Measured> {
    const env = { ...this.environment(), ...settings };
    const worker = spawn(
      process.execPath,
      [fileURLToPath(new URL('../apps/worker/src/main.js', import.meta.url))],
      {
        env: { ...env, PATH: '/usr/bin:/bin' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise<void>((resolve) =>
      worker.stdout.on('data', (chunk: Buffer) => chunk.includes('worker ready') && resolve()),
    );
    const config = configFrom(env);
    const app = await NestFactory.createApplicationContext(
      {
        module: DeliveryModule,
        imports: [PlatformModule.forRoot(config), WebhookClientModule.forConfig(config), AccessModule],
      },
      { logger: false },
    );
    await app.get(ManifestRegistry).register(APP, this.manifest(), 'bench');
    const directory = app.get(EndpointDirectory);
    const endpoints = await Promise.all(names.map(async (name) => (await directory.find(APP, name))!));
    const accept = app.get(AcceptDelivery);
    const finished = this.expect(count);
    const startedNs = process.hrtime.bigint();
    const accepted = Array.from({ length: count }, (_, index) =>
      accept.accept({
        endpoint: endpoints[index % ENDPOINTS]!,
        kind: 'invocation',
        requestId: newId(),
        body: this.body,
        contentType: 'application/json',
      }),
    );
    await Promise.all(accepted);
    const measured = rate(count, startedNs, await finished);
    await ended(worker, 'SIGTERM');
    await app.close();
    return measured;
  }

  async bare(count: number): Promise<Measured> {
    const name = `bare-${newId()}`;
    const connection = this.backend === 'redis' ? this.ground.redisUrl! : this.ground.ownerUrl;
    const worker = startProgram('./bare-worker.js', [this.backend, connection, name, String(CONCURRENCY)]);
    await message(worker);
    const queue =
      this.backend === 'redis'
        ? new Queue(name, { connection: { url: connection } })
        : new Queue(
            name,
            { connection: { connectionString: connection, schema: 'bullmq', max: 4 } },
            createPostgresBackend as never,
          );
    const finished = this.expect(count);
    const startedNs = process.hrtime.bigint();
    const data = { url: this.url, body: this.body.toString('utf8') };
    for (let added = 0; added < count; added += 1_000) {
      await queue.addBulk(
        Array.from({ length: Math.min(1_000, count - added) }, () => ({
          name: 'call',
          data,
          opts: { removeOnComplete: true },
        })),
      );
    }
    const measured = rate(count, startedNs, await finished);
    await ended(worker, 'SIGKILL');
    await queue.close();
    return measured;
  }

  async stop(): Promise<void> {
    await ended(this.receiver, 'SIGKILL');
  }

  private async expect(count: number): Promise<Done> {
    this.receiver.send(count);
    return message<Done>(this.receiver);
  }

  private environment(): Record<string, string> {
    return {
      DATABASE_URL: this.ground.databaseUrl,
      ...(this.backend === 'redis' ? { REDIS_URL: this.ground.redisUrl! } : {}),
      ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
      OUTBOUND_ALLOW: new URL(this.url).host,
      QUEUE_CONCURRENCY: String(CONCURRENCY),
      LOG_LEVEL: 'warn',
    };
  }

  private manifest(): object {
    const webhook = { url: `${this.url}/`, async: true, concurrency: CONCURRENCY };
    return {
      name: 'Bench',
      ownerEmail: 'bench@example.com',
      baseUrl: this.url,
      webhooks: Object.fromEntries(names.map((name) => [name, webhook])),
    };
  }
}

const names = Array.from({ length: ENDPOINTS }, (_, index) => `capability_${index}`);

function rate(count: number, startedNs: bigint, { done, doubled }: Done): Measured {
  return { perSecond: Math.round(count / (Number(BigInt(done) - startedNs) / 1e9)), doubled };
}
