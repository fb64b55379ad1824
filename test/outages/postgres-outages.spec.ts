import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DebianPostgres, hasDebianPostgres } from '../support/debian-postgres.js';
import { migrate } from '../../libs/platform/src/migrations/migrate.io.js';
import { Platform } from '../support/platform.js';
import { BOUNDS, LIMITS, ROUNDS } from './limits.js';
import { hasSocat, Relay } from './relay.js';
import { databaseRound, summary, type Measured, type Outage } from './rounds.js';
import { expectNoneDoubled } from './proofs.js';
import { Traffic } from './traffic.js';

const STANDBY = 'second';

describe.skipIf(!hasSocat || !hasDebianPostgres)('between the product and PostgreSQL', () => {
  let primary: DebianPostgres;
  let standby: DebianPostgres;
  let relay: Relay;

  beforeAll(async () => {
    primary = await DebianPostgres.start();
    standby = await DebianPostgres.follow(primary, STANDBY);
    relay = await Relay.to(primary.port);
  });
  afterAll(async () => {
    await relay?.close();
    await standby?.remove();
    await primary?.remove();
  });

  const requireStandby = async (name: string): Promise<void> => {
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await primary.query('SELECT pg_reload_conf()');
  };

  const OUTAGES: (Outage & { prepare?: () => Promise<void>; restore?: () => Promise<void> })[] = [
    {
      title: 'all open connections are frozen and new ones work',
      begin: () => relay.freezeOpen(),
      end: () => undefined,
      lasts: true,
      clear: () => relay.dropFrozen(),
    },
    {
      title: 'the whole server is frozen',
      begin: () => primary.signalAll('SIGSTOP'),
      end: () => primary.signalAll('SIGCONT'),
    },
    {
      title: 'connections lead to a read-only standby',
      begin: () => relay.point(standby.port),
      end: () => relay.point(primary.port),
    },
    {
      title: 'a required synchronous standby is lost',
      prepare: () => requireStandby(STANDBY),
      begin: () => standby.stop(),
      end: () => standby.startAgain(),
      restore: () => requireStandby(''),
    },
  ];

  describe.each(OUTAGES)('while $title', (outage) => {
    let platform: Platform;
    let traffic: Traffic;
    const rounds: Measured[] = [];

    beforeAll(async () => {
      const database = `outage_${randomBytes(4).toString('hex')}`;
      await primary.query(`CREATE DATABASE ${database}`);
      const url = primary.url(database);
      await migrate(url);
      await outage.prepare?.();
      platform = await Platform.start({
        databaseUrl: url,
        env: { ...BOUNDS, DATABASE_URL: url.replace(`:${primary.port}/`, `:${relay.port}/`) },
      });
      const [api] = await Promise.all([platform.api(), platform.worker()]);
      const appId = await platform.register(api, { report: { async: true, timeout: 2000 } });
      traffic = new Traffic(platform.client(api), appId);
    });
    afterAll(async () => {
      // A round that failed may have left it unavailable.
      await outage.end();
      outage.clear?.();
      await platform?.stop();
      await outage.restore?.();
    });

    it(
      `calls are refused with 503 in time, and accepted again in time, ${ROUNDS} times`,
      async () => {
        for (let round = 0; round < ROUNDS; round++) rounds.push(await databaseRound(outage, traffic));
        console.log(summary(outage.title, rounds));
        for (const round of rounds) {
          expect(round.refusedMs).toBeLessThanOrEqual(LIMITS.refusedMs);
          expect(round.wellAgainMs).toBeLessThanOrEqual(LIMITS.wellAgainMs);
        }
      },
      60_000 * (ROUNDS + 1),
    );

    it('readyz answered in time, and correctly', () => {
      for (const round of rounds) {
        expect(round.readyzMs).toBeLessThanOrEqual(LIMITS.readyzMs);
        expect(round.rightAfterMs).toBeLessThanOrEqual(LIMITS.wellAgainMs);
      }
    });

    it('no key that was retried has two deliveries, and the receiver got each delivery', async () => {
      await traffic.stop();
      await expectNoneDoubled(platform, traffic);
    }, 120_000);

    it('api and worker without work in progress still stop in time', async () => {
      await outage.begin();
      const endings = await Promise.all(platform.roles.map((role) => role.stop()));
      await outage.end();
      for (const { code, afterMs } of endings) {
        expect(code).toBe(0);
        expect(afterMs).toBeLessThanOrEqual(LIMITS.stopMs);
      }
      console.log(
        `${outage.title}: stopped after ${Math.round(Math.max(...endings.map(({ afterMs }) => afterMs)))} ms`,
      );
    });
  });
});
