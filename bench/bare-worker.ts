/** The bare limit: a BullMQ worker that signs and sends, written as simply as possible, without the product. */
import { createHmac, randomUUID } from 'node:crypto';
import { createPostgresBackend, Worker } from 'bullmq';
import { Agent, request } from 'undici';

interface Bare {
  url: string;
  body: string;
}

const [backend, connection, name, concurrency] = process.argv.slice(2) as [string, string, string, string];
const key = Buffer.alloc(32, 1);
const dispatcher = new Agent({ connections: 256, pipelining: 1 });

async function send({ data: { url, body } }: { data: Bare }): Promise<void> {
  const id = randomUUID();
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
  const response = await request(url, {
    method: 'POST',
    headers,
    body,
    dispatcher,
    signal: AbortSignal.timeout(10_000),
  });
  await response.body.dump();
}

const common = {
  concurrency: Number(concurrency),
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
};
const worker =
  backend === 'redis'
    ? new Worker<Bare>(name, send, { ...common, connection: { url: connection, maxRetriesPerRequest: null } })
    : new Worker<Bare>(
        name,
        send,
        { ...common, connection: { connectionString: connection, schema: 'bullmq', max: 10 } },
        createPostgresBackend as never,
      );
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
await worker.waitUntilReady();
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
