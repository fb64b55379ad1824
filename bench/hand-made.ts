/**
 * What teams usually build themselves: Nest on Express, BullMQ, `fetch`, one Prisma `create` per attempt. `server`
 * accepts on /report (queued in BullMQ) and calls the app on /answer; `worker` delivers. No breaker, no claims, no
 * guard.
 */
import 'reflect-metadata';
import { createHmac, randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Inject, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { Database, PrismaService } from '@breakwater/platform';

const [role, target, backend, connection, databaseUrl, name] = process.argv.slice(2);
const KEY = Buffer.alloc(32, 1);
const CONCURRENCY = 50;
const QUEUE = 'QUEUE';
const settings = {
  connection:
    backend === 'redis'
      ? { url: connection!, maxRetriesPerRequest: null }
      : { connectionString: connection!, schema: 'bullmq', max: 10 },
};
const queueBackend = (backend === 'redis' ? [] : [createPostgresBackend]) as [];

interface Job {
  id: string;
  body: string;
}

async function callApp({ id, body }: Job): Promise<Response> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', KEY).update(`${id}.${timestamp}.${body}`).digest('base64');
  return fetch(target!, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(10_000),
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
  });
}

@Controller()
class HandMadeController {
  constructor(@Inject(QUEUE) private readonly queue: Queue<Job>) {}

  @Post('report')
  @HttpCode(202)
  async report(@Body() payload: object): Promise<object> {
    const deliveryId = randomUUID();
    await this.queue.add(
      'call',
      { id: deliveryId, body: JSON.stringify(payload) },
      { removeOnComplete: true },
    );
    return { deliveryId };
  }

  @Post('answer')
  @HttpCode(200)
  async answer(@Body() payload: object): Promise<unknown> {
    return (await callApp({ id: randomUUID(), body: JSON.stringify(payload) })).json();
  }
}

@Module({
  controllers: [HandMadeController],
  providers: [{ provide: QUEUE, useFactory: () => new Queue(name!, settings, ...queueBackend) }],
})
class HandMadeModule {}

async function serve(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(HandMadeModule, { logger: false });
  app.useBodyParser('json', { limit: '1mb' });
  await app.listen(0, '127.0.0.1');
  process.send?.({ port: Number(new URL(await app.getUrl()).port) });
}

async function work(): Promise<void> {
  const prisma = new PrismaService(new Database({ url: databaseUrl!, poolMax: 10 }));
  const endpointId = randomUUID();
  const deliver = async ({ data, attemptsMade }: { data: Job; attemptsMade: number }): Promise<void> => {
    const startedAt = new Date();
    const response = await callApp(data);
    const responseBody = new Uint8Array(await response.arrayBuffer());
    await prisma.attempt.create({
      data: {
        deliveryId: data.id,
        number: attemptsMade + 1,
        appId: 'hand_made',
        endpointId,
        capability: 'report',
        startedAt,
        durationMs: Date.now() - startedAt.getTime(),
        outcome: 'delivered',
        next: 'done',
        httpStatus: response.status,
        responseBody,
      },
    });
  };
  const options = { ...settings, concurrency: CONCURRENCY, removeOnComplete: { count: 0 } };
  const worker = new Worker<Job>(name!, deliver, options, ...queueBackend);
  worker.on('failed', (_, error) => process.stderr.write(`hand-made: ${error.message}\n`));
  await worker.waitUntilReady();
  process.send?.('ready');
}

await (role === 'server' ? serve() : work());
process.on('disconnect', () => process.exit(0));
