/**
 * The bare limits of the API, each written as simply and fast as possible, without the product: `accept` stores
 * requests in batched inserts and answers 202, `publish` stores an event with a row for each of its subscriptions in one
 * `INSERT … SELECT`, `pass-through` calls the app and passes its answer on, `answer` answers. `opossum` and
 * `opossum-open` are the usual wrapper of such a call: a breaker in memory, closed and open.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import CircuitBreaker from 'opossum';
import pg from 'pg';
import { Agent, request } from 'undici';

const [kind, target, count] = process.argv.slice(2) as [kind: string, target: string, count?: string];
const server = Fastify();
const dispatcher = new Agent({ connections: 256, pipelining: 1 });

async function callApp(payload: unknown): Promise<unknown> {
  const answer = await request(target, {
    method: 'POST',
    body: JSON.stringify(payload),
    dispatcher,
    signal: AbortSignal.timeout(10_000),
    headers: { 'content-type': 'application/json', 'webhook-id': randomUUID() },
  });
  return answer.body.json();
}

interface Waiting {
  id: string;
  body: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** One insert at a time, with everything that came during the previous one. */
class BatchedInserts {
  private waiting: Waiting[] = [];
  private isBusy = false;

  constructor(private readonly pool: pg.Pool) {}

  async add(id: string, body: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ id, body, resolve, reject });
      if (!this.isBusy) setImmediate(() => void this.flush());
      this.isBusy = true;
    });
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.pool.query({
          name: 'bare',
          text: 'INSERT INTO bare_accepted (id, body) SELECT * FROM unnest($1::uuid[], $2::text[])',
          values: [batch.map(({ id }) => id), batch.map(({ body }) => body)],
        });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isBusy = false;
  }
}

async function acceptor(): Promise<(payload: unknown) => Promise<unknown>> {
  const pool = new pg.Pool({ connectionString: target, max: 4 });
  await pool.query('CREATE TABLE IF NOT EXISTS bare_accepted (id uuid PRIMARY KEY, body text NOT NULL)');
  const inserts = new BatchedInserts(pool);
  return async (payload) => {
    const deliveryId = randomUUID();
    await inserts.add(deliveryId, JSON.stringify(payload));
    return { deliveryId };
  };
}

const BARE_TABLES = `
CREATE TABLE IF NOT EXISTS bare_subscriptions (n integer PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE IF NOT EXISTS bare_events (id uuid PRIMARY KEY, body text NOT NULL);
CREATE TABLE IF NOT EXISTS bare_deliveries (id uuid PRIMARY KEY, event_id uuid NOT NULL, subscription_id uuid NOT NULL,
  status text NOT NULL, next_attempt_at timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS bare_due ON bare_deliveries (status, next_attempt_at);
INSERT INTO bare_subscriptions SELECT n, gen_random_uuid() FROM generate_series(1, 1000) n ON CONFLICT DO NOTHING`;

const BARE_PUBLISH = `
WITH event AS (INSERT INTO bare_events (id, body) VALUES ($1, $2) RETURNING id)
INSERT INTO bare_deliveries (id, event_id, subscription_id, status, next_attempt_at)
SELECT gen_random_uuid(), e.id, s.id, 'pending', now() FROM event e CROSS JOIN bare_subscriptions s WHERE s.n <= $3`;

/** As many connections as a process of the product has. */
const CONNECTIONS = 10;

async function publisher(matches: number): Promise<(payload: unknown) => Promise<unknown>> {
  const pool = new pg.Pool({ connectionString: target, max: CONNECTIONS });
  await pool.query(BARE_TABLES);
  return async (payload) => {
    const eventId = randomUUID();
    await pool.query({
      name: 'publish',
      text: BARE_PUBLISH,
      values: [eventId, JSON.stringify(payload), matches],
    });
    return { eventId };
  };
}

function opossum(isOpen: boolean): (payload: unknown) => Promise<unknown> {
  const breaker = new CircuitBreaker(callApp, { timeout: 10_000 });
  breaker.fallback(() => ({ fallback: true }));
  if (isOpen) breaker.open();
  return (payload) => breaker.fire(payload);
}

const handlers: Record<string, () => Promise<(payload: unknown) => Promise<unknown>>> = {
  accept: acceptor,
  publish: () => publisher(Number(count)),
  'pass-through': async () => callApp,
  answer: async () => async () => ({}),
  opossum: async () => opossum(false),
  'opossum-open': async () => opossum(true),
};
const handle = await handlers[kind]!();
server.post('/', async ({ body }, reply) =>
  reply.status(['accept', 'publish'].includes(kind) ? 202 : 200).send(await handle(body)),
);
await server.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port: (server.server.address() as AddressInfo).port });
process.on('disconnect', () => process.exit(0));
