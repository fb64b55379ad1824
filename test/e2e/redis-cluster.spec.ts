import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { RedisCluster, type RedisProcess } from '@breakwater/testing/redis-servers.js';
import { expectNoneDoubled } from '../outages/proofs.js';
import { longestWayMs } from '../outages/rounds.js';
import { Traffic } from '../outages/traffic.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type Role } from '../support/roles.js';

/** From a call to its webhook, while a primary changes. */
const LAG_MS = 25_000;

describe.skipIf(!inject('redisUrl'))('with REDIS_CLUSTER', { timeout: 120_000 }, () => {
  let redis: RedisCluster;
  let platform: Platform;
  let api: Role;
  let worker: Role;
  let appId: string;

  beforeAll(async () => {
    redis = await RedisCluster.start();
    platform = await Platform.start({
      env: {
        REDIS_CLUSTER: redis.addresses,
        QUEUE_SHARDS: '6',
        // A wake-up that is lost with a primary is found by the sweep.
        SWEEP_INTERVAL: '1000',
        // A busy machine answers later; readiness itself is tested elsewhere.
        READINESS_TIMEOUT: '3000',
        // Counted in the cluster, too.
        API_RATE_LIMIT_PER_MINUTE: '1000000',
      },
    });
    [api, worker] = await Promise.all([platform.api(), platform.worker()]);
    appId = await platform.register(api, { report: { async: true }, later: { async: true } });
  });
  afterAll(async () => {
    await platform?.stop();
    await redis?.remove();
  });

  const queueOf = async (): Promise<unknown> =>
    (await platform.client(api).get('/readyz')).json.details.queue;
  const prefix = (): string => platform.env['QUEUE_PREFIX']!;

  it('the queue spreads over the nodes, and readyz tries each shard', async () => {
    expect(await queueOf()).toEqual({ status: 'up' });
    const keys = await redis.keys(`{${prefix()}-*}:deliveries:tried`);
    const found = [...keys.values()].flat().map((key) => String(/-(\d)}/.exec(key)?.[1]));
    expect(found.toSorted()).toEqual(['0', '1', '2', '3', '4', '5']);
    expect([...keys.values()].filter((each) => each.length > 0).length).toBeGreaterThan(1);
  });

  it('limits of the API are counted in it, without an error', async () => {
    const keys = await redis.keys(`${prefix()}:limit:*`);
    expect([...keys.values()].flat().length).toBeGreaterThan(0);
    expect(api.output).not.toMatch(/kept by each process alone/);
  });

  it('calls are delivered, and go on within seconds while a primary with shards is killed', async () => {
    const traffic = new Traffic(platform.client(api), appId);
    await eventually(() => traffic.ids.size > 20, { what: 'traffic' });
    const keys = await redis.keys(`{${prefix()}-*}:*`);
    const [killed] = [...keys].toSorted(([, a], [, b]) => b.length - a.length)[0]!;
    const killedMs = performance.now();
    await killed.kill();
    const newPrimary = async (): Promise<RedisProcess | undefined> =>
      [...(await redis.keys(`{${prefix()}-*}:deliveries:tried`)).keys()].find((node) => !keys.has(node));
    await eventually(newPrimary, { what: 'a replica becomes the primary' });
    const changedMs = performance.now() - killedMs;
    const sent = traffic.ids.size;
    await eventually(() => traffic.ids.size > sent + 20, { what: 'more traffic' });
    await eventually(async () => ((await queueOf()) as { status: string }).status === 'up', {
      what: 'the queue is up again',
    });
    const upMs = performance.now() - killedMs;
    await traffic.stop();
    const wayMs = await longestWayMs(traffic, platform.receiver, killedMs);
    const [changed, up, way] = [changedMs, upMs, wayMs].map((ms) => (ms / 1_000).toFixed(1));
    console.log(
      `killed primary: a replica took over after ${changed} s, readyz up ${up} s, longest way ${way} s`,
    );
    expect(wayMs).toBeLessThan(LAG_MS);
    expect(traffic.accepts.filter(({ status }) => status !== 202)).toEqual([]);
    await expectNoneDoubled(platform, traffic);
    await killed.startAgain();
  });

  it('another number of shards loses nothing: what waits in the old ones is found', async () => {
    await worker.stop();
    const client = platform.client(api);
    for (let n = 0; n < 30; n++) expect((await client.invoke(appId, 'later')).status).toBe(202);
    const waiting = await redis.keys(`{${prefix()}-*}:deliveries:wait`);
    expect([...waiting.values()].flat().length).toBeGreaterThan(2);
    await api.stop();
    const before = (await platform.counts())['completed'] ?? 0;
    [api, worker] = await Promise.all([
      platform.api({ QUEUE_SHARDS: '2' }),
      platform.worker({ QUEUE_SHARDS: '2' }),
    ]);
    await eventually(async () => (await platform.counts())['completed'] === before + 30, {
      limitMs: 40_000,
      everyMs: 250,
      what: 'all delivered by the other shards',
    });
    const { code, afterMs } = await worker.stop();
    expect([code, afterMs < 15_000]).toEqual([0, true]);
  });

  it('a start is refused with one line where the settings name the wrong kind of server', async () => {
    const [first] = redis.nodes;
    const single = new URL(inject('redisUrl')!).host;
    const url: Record<string, string> = { ...platform.env, REDIS_URL: `redis://${first!.address}` };
    for (const name of ['REDIS_CLUSTER', 'QUEUE_SHARDS']) delete url[name];
    const cases: [Record<string, string>, RegExp][] = [
      [url, new RegExp(`Redis at ${first!.address} runs as a cluster; set REDIS_CLUSTER`)],
      [
        { ...platform.env, REDIS_CLUSTER: single },
        new RegExp(`Redis at ${single} does not run as a cluster; set REDIS_URL instead of REDIS_CLUSTER`),
      ],
    ];
    for (const [env, why] of cases) {
      const role = spawnRole('worker', env);
      expect(await role.end()).toMatchObject({ code: 1 });
      expect(role.output).toMatch(why);
      expect(role.output.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});
