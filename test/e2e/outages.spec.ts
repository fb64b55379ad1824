import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import type { Answer, HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type Role } from '../support/roles.js';

/** Repeats one request and keeps the answers. */
class Load {
  readonly answers: Answer[] = [];
  private going = true;
  private readonly asking: Promise<void>[];

  constructor(ask: () => Promise<Answer>, lanes = 2) {
    this.asking = Array.from({ length: lanes }, async () => {
      while (this.going) {
        this.answers.push(await ask());
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
  }

  count(status: number): number {
    return this.answers.filter((answer) => answer.status === status).length;
  }

  async stop(): Promise<void> {
    this.going = false;
    await Promise.all(this.asking);
  }
}

/** Waits for `more` answers of this status from now on. */
async function expectMore(load: Load, status: number, more: number, limitMs = 20_000): Promise<void> {
  const before = load.count(status);
  const isThere = (): boolean => load.count(status) >= before + more;
  expect(await eventually(isThere, { limitMs, what: `${more} times ${status}` })).toBe(true);
}

async function setUp(platform: Platform): Promise<{ api: Role; client: HttpClient; appId: string }> {
  const [api] = await Promise.all([platform.api(), platform.worker()]);
  const appId = await platform.register(api, { quiz_answer: {}, report: { async: true } });
  platform.receiver.on('/quiz_answer', { body: '{"success":true,"data":42}' });
  return { api, client: platform.client(api), appId };
}

const idsOf = ({ answers }: Load): string[] =>
  answers.filter(({ status }) => status === 202).map(({ json }) => json.deliveryId as string);
async function unfinished(platform: Platform, ids: string[]): Promise<number> {
  const sql = `SELECT count(*)::int FROM deliveries WHERE id = ANY($1::uuid[]) AND status = 'completed'`;
  const [row] = await platform.rows<{ count: number }>(sql, ids);
  return ids.length - row!.count;
}

describe('the database, with the queue in it, is lost under load', () => {
  let postgres: PrivatePostgres;
  let platform: Platform;
  let client: HttpClient;
  let accepts: Load;
  let calls: Load;
  let probes: Load;

  beforeAll(async () => {
    postgres = await PrivatePostgres.start();
    // A sweep is nearly always in progress, so that one is when its connection is lost.
    platform = await Platform.start({ databaseUrl: postgres.url, env: { SWEEP_INTERVAL: '50' } });
    const world = await setUp(platform);
    client = world.client;
    accepts = new Load(() => client.invoke(world.appId, 'report'));
    calls = new Load(() => client.invoke(world.appId, 'quiz_answer'));
    probes = new Load(() => client.get('/readyz'), 1);
    await Promise.all([expectMore(accepts, 202, 30), expectMore(calls, 200, 30), expectMore(probes, 200, 1)]);
  });

  afterAll(async () => {
    await Promise.all([accepts, calls, probes].map((load) => load?.stop().catch(() => undefined)));
    await platform?.stop();
    await postgres?.remove();
  });

  it('then nothing is accepted, cached data still answers, and the api is not ready', async () => {
    const gone = postgres.stop();
    await expectMore(accepts, 503, 1);
    // Data in use is fresh enough for 2 s at least.
    await expectMore(calls, 200, 10);
    await Promise.all([gone, expectMore(accepts, 503, 20), expectMore(probes, 503, 1)]);
  });

  it('then, when no cached data is fresh enough, sync calls are refused, too', async () => {
    await expectMore(calls, 503, 20);
    for (const role of platform.roles) expect(role.isRunning, role.output.slice(-3000)).toBe(true);
  });

  it('and when it is back, everything works again within 10 s', async () => {
    await postgres.startAgain();
    await Promise.all([
      expectMore(probes, 200, 1, 10_000),
      expectMore(accepts, 202, 20, 10_000),
      expectMore(calls, 200, 20, 10_000),
    ]);
  });

  it('each caller got an answer in time, or a 503 that says when to try again', async () => {
    await Promise.all([accepts, calls, probes].map((load) => load.stop()));
    const answers = [...accepts.answers, ...calls.answers];
    expect(answers.filter(({ status }) => ![200, 202, 503].includes(status)).map(({ text }) => text)).toEqual(
      [],
    );
    expect(Math.max(...[...answers, ...probes.answers].map(({ afterMs }) => afterMs))).toBeLessThan(10_000);
    for (const { headers, json } of answers.filter(({ status }) => status === 503)) {
      expect(json).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE' });
      expect(headers).toMatchObject({
        'content-type': expect.stringMatching(/^application\/problem\+json/),
        'retry-after': '2',
      });
    }
    expect(probes.answers.filter(({ status }) => status === 503)[0]!.json).toMatchObject({
      status: 'error',
      error: { database: { status: 'down' } },
    });
  });

  it('everything that was accepted is delivered', async () => {
    const ids = idsOf(accepts);
    const isOver = async (): Promise<boolean> => (await unfinished(platform, ids)) === 0;
    expect(
      await eventually(isOver, {
        limitMs: 45_000,
        what: 'all delivered',
      }),
    ).toBe(true);
  });
});

describe.skipIf(!inject('redisUrl'))('Redis is lost under load', () => {
  let redis: PrivateRedis;
  let platform: Platform;
  let client: HttpClient;
  let accepts: Load;
  let late: Role;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    platform = await Platform.start({ backend: 'Redis', redisUrl: redis.url });
    const world = await setUp(platform);
    client = world.client;
    accepts = new Load(() => client.invoke(world.appId, 'report'));
    await expectMore(accepts, 202, 30);
  });

  afterAll(async () => {
    await accepts?.stop().catch(() => undefined);
    await platform?.stop();
    await redis?.remove();
  });

  it('then deliveries are still accepted, and the api is ready with a degraded queue', async () => {
    await redis.kill();
    await expectMore(accepts, 202, 50);
    const isDegraded = async (): Promise<boolean> => {
      const { status, json } = await client.get('/readyz');
      expect(status).toBe(200);
      return json.details.queue.status === 'degraded';
    };
    await eventually(isDegraded, { what: 'degraded queue' });
  });

  it('and a worker that starts meanwhile reports that it waits for Redis', async () => {
    late = spawnRole('worker', platform.env);
    platform.roles.push(late);
    const isSaid = (): boolean =>
      /worker is not ready yet, waiting: Redis cannot be reached/.test(late.output);
    await eventually(isSaid, { limitMs: 60_000, what: 'the worker says what it waits for' });
    expect(late.isReady).toBe(false);
  });

  it('and when it is back without data, everything is delivered within 30 s', async () => {
    await redis.startAgain();
    await expectMore(accepts, 202, 10);
    await accepts.stop();
    const ids = idsOf(accepts);
    expect(accepts.answers).toHaveLength(ids.length);
    const isOver = async (): Promise<boolean> => (await unfinished(platform, ids)) === 0;
    expect(
      await eventually(isOver, {
        limitMs: 30_000,
        what: 'all delivered',
      }),
    ).toBe(true);
    expect((await client.get('/readyz')).json.details.queue).toEqual({ status: 'up' });
  });

  it('by all workers', async () => {
    await late.ready();
    expect(platform.roles.map(({ isRunning }) => isRunning)).toEqual([true, true, true]);
  });
});
