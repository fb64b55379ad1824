import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PrivateRedis } from '@breakwater/testing/private-servers.js';
import { Platform } from '../support/platform.js';
import { BOUNDS, LIMITS, ROUNDS } from './limits.js';
import { expectNoneDoubled } from './proofs.js';
import { longestWayMs, queueRound, summary, type Measured, type Outage } from './rounds.js';
import { Traffic } from './traffic.js';

/** A password that the product does not have. */
const PASSWORD = 'changed';

describe.skipIf(!inject('redisUrl'))('between the product and Redis', () => {
  let redis: PrivateRedis;
  beforeAll(async () => {
    // It keeps its data: the loss of data is tested in test/e2e/outages.spec.ts.
    redis = await PrivateRedis.start({ persistent: true });
  });
  afterAll(() => redis?.remove());

  /** Commands of the administrator over one connection. */
  async function administer(commands: string[][], password?: string): Promise<void> {
    const url = new URL(redis.url);
    const client = new Redis({
      host: url.hostname,
      port: Number(url.port),
      ...(password === undefined ? {} : { password }),
      lazyConnect: true,
      // It asks INFO.
      enableReadyCheck: false,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    await client.connect();
    for (const [name = '', ...args] of commands) await client.call(name, ...args);
    client.disconnect();
  }
  const dropOthers = ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'];

  const OUTAGES: Outage[] = [
    { title: 'it is frozen', begin: () => redis.signal('SIGSTOP'), end: () => redis.signal('SIGCONT') },
    { title: 'it is stopped', begin: () => redis.kill(), end: () => redis.startAgain() },
    {
      title: 'it is full',
      begin: () =>
        administer([
          ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
          ['CONFIG', 'SET', 'maxmemory', '1mb'],
        ]),
      end: () => administer([['CONFIG', 'SET', 'maxmemory', '0']]),
    },
    {
      title: 'it has another password',
      begin: () => administer([['CONFIG', 'SET', 'requirepass', PASSWORD], dropOthers]),
      end: () => administer([['CONFIG', 'SET', 'requirepass', '']], PASSWORD),
    },
    {
      title: 'its user may not ask INFO',
      begin: () => administer([['ACL', 'SETUSER', 'default', '-info'], dropOthers]),
      end: () => administer([['ACL', 'SETUSER', 'default', '+info']]),
      harmless: true,
    },
  ];

  describe.each(OUTAGES)('while $title', (outage) => {
    let platform: Platform;
    let traffic: Traffic;
    const rounds: Measured[] = [];

    beforeAll(async () => {
      platform = await Platform.start({ backend: 'Redis', redisUrl: redis.url, env: BOUNDS });
      const [api] = await Promise.all([platform.api(), platform.worker()]);
      const appId = await platform.register(api, { report: { async: true, timeout: 2000 } });
      traffic = new Traffic(platform.client(api), appId);
    });
    afterAll(async () => {
      await platform?.stop();
    });

    it(
      `calls are accepted, and readyz reports with 200 what is degraded, ${ROUNDS} times`,
      async () => {
        for (let round = 0; round < ROUNDS; round++) rounds.push(await queueRound(outage, traffic));
        console.log(summary(outage.title, rounds));
        for (const round of rounds) {
          expect(round.refusedMs).toBeLessThanOrEqual(LIMITS.acceptedMs);
          expect(round.readyzMs).toBeLessThanOrEqual(LIMITS.readyzMs);
          expect(round.rightAfterMs).toBeLessThanOrEqual(LIMITS.wellAgainMs);
        }
      },
      60_000 * (ROUNDS + 1),
    );

    it('what is accepted after it is back is delivered in time', async () => {
      const wayMs = await longestWayMs(traffic, platform.receiver, rounds.at(-1)!.goneMs);
      console.log(`${outage.title}: a webhook after at most ${(wayMs / 1_000).toFixed(1)} s afterwards`);
      expect(wayMs).toBeLessThanOrEqual(LIMITS.deliveredMs);
    }, 90_000);

    it('no key that was retried has two deliveries, and the receiver got each delivery', async () => {
      await traffic.stop();
      await expectNoneDoubled(platform, traffic);
    }, 120_000);

    it('api and worker without work in progress still stop in time', async () => {
      await outage.begin();
      const endings = await Promise.all(platform.roles.map((role) => role.stop()));
      await outage.end();
      console.log(
        `${outage.title}: stopped after ${Math.round(Math.max(...endings.map(({ afterMs }) => afterMs)))} ms`,
      );
      for (const { code, afterMs } of endings) {
        expect(code).toBe(0);
        expect(afterMs).toBeLessThanOrEqual(LIMITS.stopMs);
      }
    });
  });
});
