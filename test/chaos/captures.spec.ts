import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { HttpClient, type Answer } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { makeSource, type TestSource } from '../support/sources.js';

const APP = 'shop';
const ENV = { DELIVERY_LEASE_MARGIN: '500' };

/** A provider that repeats a webhook until it is answered with 200. */
class Provider {
  /** The id that each webhook was acknowledged with. */
  readonly acknowledged = new Map<string, string>();
  readonly statuses = new Map<number, number>();

  constructor(
    private readonly source: TestSource,
    private readonly urlOf: () => string,
  ) {}

  /** Sends once. @returns whether it was acknowledged */
  async send(webhook: string): Promise<boolean> {
    let answer: Answer;
    try {
      answer = await new HttpClient(this.urlOf()).post(
        this.source.path,
        { webhook },
        { headers: { 'x-id': webhook } },
      );
    } catch {
      return false; // It does not know whether it was stored.
    }
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (answer.status !== 200) return false;
    this.acknowledged.set(webhook, answer.json.id as string);
    return true;
  }

  async sendUntilAcknowledged(webhook: string): Promise<void> {
    while (!(await this.send(webhook))) await delay(100);
  }
}

/** Every acknowledged webhook is one event that was forwarded, whatever happened. */
async function expectAllOnce(platform: Platform, provider: Provider, path: string): Promise<void> {
  const rows = await platform.rows<{ id: string; key: string; captures: number }>(
    `SELECT v.id, k.key, (SELECT count(*)::int FROM captures c WHERE c.event_id = v.id AND c.result = 'accepted') AS captures
     FROM events v LEFT JOIN event_keys k ON k.event_id = v.id`,
  );
  const byKey = Map.groupBy(rows, ({ key }) => key);
  for (const [webhook, id] of provider.acknowledged) {
    expect(byKey.get(webhook), webhook).toEqual([{ id, key: webhook, captures: 1 }]);
  }
  // A webhook that was stored, but not acknowledged, is an event, too: never two.
  expect([...byKey.values()].filter((events) => events.length > 1)).toEqual([]);
  await eventually(
    async () =>
      (await platform.rows(`SELECT 1 FROM deliveries WHERE status <> 'completed' LIMIT 1`)).length === 0,
    { limitMs: 60_000, what: 'all forwarded' },
  );
  const deliveries = await platform.rows<{ event_id: string }>('SELECT event_id FROM deliveries');
  expect(deliveries.map(({ event_id }) => event_id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  const arrived = new Set(
    platform.receiver
      .callsTo(path)
      .map(({ body }) => (JSON.parse(body.toString()) as { webhook: string }).webhook),
  );
  expect([...provider.acknowledged.keys()].filter((webhook) => !arrived.has(webhook))).toEqual([]);
}

describe('captured requests', () => {
  let postgres: PrivatePostgres;
  let redis: PrivateRedis;
  let platform: Platform;
  let api: Role;
  let worker: Role;
  let source: TestSource;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PrivatePostgres.start(), PrivateRedis.start()]);
    platform = await Platform.start({
      backend: 'Redis',
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      env: ENV,
    });
    [api, worker] = await Promise.all([platform.api(), platform.worker()]);
    await platform.register(api, {}, APP);
    source = await makeSource(platform, api, {
      appId: APP,
      name: 'provider',
      dedupeId: { header: 'x-id' },
      targets: { main: '/hooks' },
    });
  });
  afterEach(async () => {
    for (const table of ['captures', 'events', 'event_keys', 'attempts', 'deliveries'])
      await platform.rows(`DELETE FROM ${table}`);
    platform.receiver.calls.length = 0;
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([postgres?.remove(), redis?.remove()]);
  });

  it('are stored and forwarded if their api is killed right after its 200', async () => {
    for (let round = 1; round <= rounds(1, 20); round++) {
      const doomed = await platform.api();
      const provider = new Provider(source, () => doomed.url);
      const killAfter = 10 * round;
      const sending = Array.from({ length: 10 }, async (_, sender) => {
        for (let n = 0; doomed.isRunning && n < 200; n++) {
          await provider.send(`killed-${round}-${sender}-${n}`);
          if (provider.acknowledged.size >= killAfter) doomed.signal('SIGKILL');
        }
      });
      await Promise.all(sending);
      await doomed.end();
      expect(provider.acknowledged.size).toBeGreaterThanOrEqual(killAfter);
      await expectAllOnce(platform, provider, '/hooks');
    }
  });

  it('are refused with 503 while PostgreSQL is away, and none that was acknowledged is lost or doubled', async () => {
    const provider = new Provider(source, () => api.url);
    const sending: Promise<void>[] = [];
    const sendUntil = async (isEnough: () => boolean): Promise<void> => {
      while (!isEnough()) {
        sending.push(provider.sendUntilAcknowledged(`away-${sending.length}`));
        await delay(20);
      }
    };
    await sendUntil(() => provider.acknowledged.size >= 40);
    await postgres.crash();
    await sendUntil(() => (provider.statuses.get(503) ?? 0) >= 100);
    const before = provider.acknowledged.size;
    await postgres.startAgain();
    await sendUntil(() => provider.acknowledged.size >= before + 40);
    await Promise.all(sending);
    expect(new Set(provider.statuses.keys())).toEqual(new Set([200, 503]));
    expect(provider.acknowledged.size).toBe(sending.length);
    await expectAllOnce(platform, provider, '/hooks');
  });

  it('are forwarded though Redis has lost everything', async () => {
    const provider = new Provider(source, () => api.url);
    worker.signal('SIGSTOP');
    await Promise.all(Array.from({ length: 100 }, (_, n) => provider.sendUntilAcknowledged(`flushed-${n}`)));
    await redis.flush();
    worker.signal('SIGCONT');
    expect(provider.acknowledged.size).toBe(100);
    await expectAllOnce(platform, provider, '/hooks');
  });

  it('that are repeated 20 times at once over two apis are one event', async () => {
    const other = await platform.api();
    const urls = [api.url, other.url];
    const provider = new Provider(source, () => urls.reverse()[0]!);
    await Promise.all(Array.from({ length: 20 }, () => provider.sendUntilAcknowledged('repeated')));
    const results = await platform.rows<{ result: string; count: number }>(
      'SELECT result, count(*)::int FROM captures GROUP BY result ORDER BY result',
    );
    expect(results).toEqual([
      { result: 'accepted', count: 1 },
      { result: 'duplicate', count: 19 },
    ]);
    await expectAllOnce(platform, provider, '/hooks');
    expect(platform.receiver.callsTo('/hooks')).toHaveLength(1);
    await other.kill9();
  });
});
