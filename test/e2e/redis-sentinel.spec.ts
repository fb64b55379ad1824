import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { RedisSentinels } from '@breakwater/testing/redis-servers.js';
import { expectNoneDoubled } from '../outages/proofs.js';
import { longestWayMs } from '../outages/rounds.js';
import { Traffic } from '../outages/traffic.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type Role } from '../support/roles.js';

/** From a call to its webhook, while the primary changes. */
const LAG_MS = 20_000;

const queueStatus = ({ probes }: Traffic): string | undefined => probes.at(-1)?.details?.['queue']?.status;

describe.skipIf(!inject('redisUrl'))('with REDIS_SENTINELS', { timeout: 120_000 }, () => {
  let redis: RedisSentinels;
  let platform: Platform;
  let traffic: Traffic;
  let refusing: Role[];

  const { primaryName, password, sentinelPassword, user } = RedisSentinels;

  beforeAll(async () => {
    redis = await RedisSentinels.start();
    platform = await Platform.start({
      env: {
        REDIS_SENTINELS: redis.addresses,
        REDIS_SENTINEL_NAME: primaryName,
        REDIS_SENTINEL_PASSWORD: sentinelPassword,
        REDIS_USER: user,
        REDIS_PASSWORD: user,
        // A busy machine answers later; readiness itself is tested elsewhere.
        READINESS_TIMEOUT: '3000',
        // A wake-up that is lost with the primary is found by the sweep.
        SWEEP_INTERVAL: '1000',
      },
    });
    const [api] = await Promise.all([platform.api(), platform.worker()]);
    const appId = await platform.register(api, { report: { async: true } });
    traffic = new Traffic(platform.client(api), appId);
  });
  afterAll(async () => {
    for (const role of refusing ?? []) await role.kill9();
    await platform?.stop();
    await redis?.remove();
  });

  it('the queue is in the primary that they name', async () => {
    await eventually(() => queueStatus(traffic) === 'up' && traffic.ids.size > 20, { what: 'traffic' });
    const primary = await redis.primary();
    const keys = (await primary.ask({ password }, 'KEYS', `${platform.env['QUEUE_PREFIX']}:*`)) as string[];
    expect(keys.length).toBeGreaterThan(0);
  });

  it('calls are accepted and delivered while the primary is killed, within 20 s', async () => {
    const before = await redis.primary();
    const killedMs = performance.now();
    await before.kill();
    await eventually(async () => (await redis.primary()) !== before, { what: 'another primary' });
    const changedMs = performance.now() - killedMs;
    await eventually(() => queueStatus(traffic) === 'up', { what: 'the queue is up again' });
    const upMs = performance.now() - killedMs;
    await traffic.stop();
    const wayMs = await longestWayMs(traffic, platform.receiver, killedMs);
    const took = { 'the primary changed': changedMs, 'readyz up': upMs, 'longest way of a call': wayMs };
    console.log(
      `killed primary: ${Object.entries(took)
        .map(([what, ms]) => `${what} ${(ms / 1_000).toFixed(1)} s`)
        .join(', ')}`,
    );
    expect(wayMs).toBeLessThan(LAG_MS);
    const sinceKilled = ({ sentAtMs }: { sentAtMs: number }): boolean => sentAtMs >= killedMs;
    expect(traffic.accepts.filter(sinceKilled).filter(({ status }) => status !== 202)).toEqual([]);
    expect(traffic.probes.filter(({ status }) => status !== 200)).toEqual([]);
    await expectNoneDoubled(platform, traffic);
  });

  it('a worker starts on the new primary, and stops in time', async () => {
    const { code, afterMs } = await (await platform.worker()).stop();
    expect([code, afterMs < 15_000]).toEqual([0, true]);
  });

  it('a start is refused with one line where the settings name the wrong thing', async () => {
    const [sentinel] = redis.sentinels;
    const standing = await redis.primary();
    const cases: [Record<string, string>, RegExp][] = [
      [
        {
          REDIS_SENTINELS: '',
          REDIS_URL: `redis://:${encodeURIComponent(sentinelPassword)}@${sentinel!.address}`,
        },
        new RegExp(`Redis at ${sentinel!.address} is a sentinel.*set REDIS_SENTINELS`),
      ],
      [{ REDIS_SENTINEL_NAME: 'other' }, /know no primary called "other"; correct REDIS_SENTINEL_NAME/],
      [
        { REDIS_SENTINELS: standing.address, REDIS_SENTINEL_PASSWORD: password },
        new RegExp(`no server at ${standing.address} is a sentinel; correct REDIS_SENTINELS`),
      ],
      [
        { REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/nowhere/ca.pem' },
        /certificate authority in \/nowhere\/ca.pem cannot be read \(ENOENT\); correct REDIS_TLS_CA_FILE/,
      ],
    ];
    refusing = cases.map(([env]) => {
      const set = { ...platform.env, ...env };
      if (env['REDIS_URL'] !== undefined)
        for (const name of Object.keys(set))
          if (/^REDIS_(?!URL)/.test(name)) delete (set as Record<string, string>)[name];
      return spawnRole('worker', set);
    });
    const said = await Promise.all(
      refusing.map(async (role) => ({ ...(await role.end()), output: role.output })),
    );
    said.forEach(({ code, output }, index) => {
      expect(code).toBe(1);
      expect(output).toMatch(cases[index]![1]);
      expect(output.trimEnd().split('\n')).toHaveLength(1);
    });
  });
});
