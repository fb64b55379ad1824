import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import { openWakeUps } from '@breakwater/testing/wake-ups.js';
import { configFrom, type Config } from '../config/index.js';
import { Database } from '../database/database.service.js';
import { HintBus } from '../hints/hint-bus.service.js';
import { newId } from '../ids/ids.io.js';
import { Readiness, type Finding } from './readiness.service.js';

const config = (env: Record<string, string> = {}): Config =>
  configFrom({
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
    ENCRYPTION_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
    ...env,
  });
const stateOf = (findings: Finding[], what: Finding['what']): string | undefined =>
  findings.find((finding) => finding.what === what)?.state;

describe('readiness', () => {
  let test: TestDatabase;
  let empty: TestDatabase;
  const closings: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    test = await createTestDatabase();
    empty = await createTestDatabase({ empty: true });
  });
  afterAll(async () => {
    for (const close of closings) await close();
    await test.drop();
    await empty.drop();
  });
  const readinessOf = async (databaseUrl: string, env: Record<string, string> = {}): Promise<Readiness> => {
    const database = new Database({ url: databaseUrl, poolMax: 2 });
    closings.push(() => database.onApplicationShutdown());
    return readinessOn(database, env);
  };
  const readinessOn = async (database: Database, env: Record<string, string> = {}): Promise<Readiness> => {
    const { queue, close } = await openWakeUps({ DATABASE_URL: test.url, QUEUE_NAME: newId(), ...env });
    const hints = new HintBus(database);
    await hints.onModuleInit();
    closings.unshift(() => hints.onModuleDestroy(), close);
    return new Readiness(database, queue, hints, config());
  };

  it('is up in all parts on a migrated database', async () => {
    const findings = await (await readinessOf(test.url)).check();
    expect(findings.map(({ what, state }) => `${what} ${state}`)).toEqual([
      'database up',
      'migrations up',
      'clock up',
      'keys up',
      'hints up',
      'queue up',
    ]);
  });

  it('is degraded by a key that other processes seal with and this one lacks, not by one that seals nothing', async () => {
    const client = new Database({ url: test.url, poolMax: 2 });
    closings.push(() => client.onApplicationShutdown());
    const query = (text: string, values: unknown[] = []) => client.query({ text }, values);
    await query(`INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
      VALUES ('quiz', 'Quiz', 'o@example.com', 'https://quiz.example', 1)`);
    const readiness = await readinessOf(test.url);
    for (const [keyId, sealing] of [
      ['secrets', `signing_secrets (id, app_id, sealed) VALUES (gen_random_uuid(), 'quiz', $1)`],
      ['pairs', `platform_keys (id, public_key, sealed) VALUES (gen_random_uuid(), 'x', $1)`],
      [
        'certificates',
        `client_certificates (app_id, certificate, fingerprint, valid_to, created_by, sealed)
         VALUES ('quiz', 'x', 'x', now(), 'x', $1)`,
      ],
      [
        'headers',
        `endpoints (id, app_id, kind, capability, url, async, headers_sealed)
         VALUES (gen_random_uuid(), 'quiz', 'capability', 'c', 'x', true, $1)`,
      ],
    ]) {
      await query(`INSERT INTO encryption_key_checks (key_id, "check") VALUES ($1, 'x')`, [keyId]);
      expect(stateOf(await readiness.check(), 'keys')).toBe('up');
      await query(`INSERT INTO ${sealing}`, [`v1.${keyId}.x`]);
      expect(await readiness.check()).toContainEqual({
        what: 'keys',
        state: 'degraded',
        detail: `ENCRYPTION_KEYS lacks ${keyId}: apps whose secrets it sealed are not called`,
      });
      await query('DELETE FROM encryption_key_checks WHERE key_id = $1', [keyId]);
    }
  });

  it('is down without migrations, and names them', async () => {
    const findings = await (await readinessOf(empty.url)).check();
    expect(findings).toContainEqual({
      what: 'migrations',
      state: 'down',
      detail: expect.stringContaining('_ground'),
    });
  });

  it('is down without a database', async () => {
    const readiness = await readinessOf('postgresql://nobody@127.0.0.1:9/none');
    expect(stateOf(await readiness.check(), 'database')).toBe('down');
  });

  it('is degraded, not down, without Redis: what is accepted is stored', async () => {
    const readiness = await readinessOf(test.url, { REDIS_URL: 'redis://127.0.0.1:9' });
    expect(stateOf(await readiness.check(), 'queue')).toBe('degraded');
  });

  it('is down as soon as the process stops', async () => {
    const readiness = await readinessOf(test.url);
    readiness.drain();
    expect(await readiness.check()).toEqual([{ what: 'process', state: 'down', detail: 'stopping' }]);
  });

  describe('when PostgreSQL', () => {
    let postgres: PrivatePostgres;
    beforeAll(async () => {
      postgres = await PrivatePostgres.start();
    });
    afterAll(() => postgres.remove());
    const databaseOf = async (readiness: Readiness): Promise<Finding> =>
      (await readiness.check()).find(({ what }) => what === 'database')!;

    it('hangs, is reported in time, and its questions do not pile up', async () => {
      const link = await Link.to(postgres.url);
      const database = new Database({ url: link.url, poolMax: 5 });
      closings.push(() => database.onApplicationShutdown());
      const readiness = await readinessOn(database);
      expect((await databaseOf(readiness)).state).toBe('up');
      link.silence();
      for (let asked = 0; asked < 10; asked++) {
        const asking = databaseOf(readiness);
        expect(await endsBefore(asking, 3_000)).toBe(true);
        expect(await asking).toMatchObject({ state: 'down' });
        const { totalCount, waitingCount } = database.pool;
        expect(totalCount + waitingCount).toBeLessThanOrEqual(5);
      }
      await link.cut();
    });

    it('is read only, is down', async () => {
      const database = new Database({ url: postgres.url, poolMax: 2 });
      closings.push(() => database.onApplicationShutdown());
      const readiness = await readinessOn(database);
      await database.query({ text: `SET default_transaction_read_only = on` });
      const seen = await eventually(async () => {
        await database.query({ text: `SET default_transaction_read_only = on` });
        const found = await databaseOf(readiness);
        return found.state === 'down' && found;
      });
      expect(seen.detail).toBe('it takes no writes: it is a standby, or set to read only');
    });

    it('waits for a synchronous standby that is lost, is down, keeps no session there, and is up again', async () => {
      const owner = ownerPool(postgres.url);
      const database = new Database({ url: postgres.url, poolMax: 5 });
      closings.push(() => database.onApplicationShutdown());
      const readiness = await readinessOn(database);
      await eventually(async () => (await databaseOf(readiness)).state === 'up');
      const require = async (names: string): Promise<void> => {
        await owner.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
        await owner.query('SELECT pg_reload_conf()');
      };
      await require('nobody');
      const isDown = async (): Promise<boolean> => (await databaseOf(readiness)).state === 'down';
      await eventually(isDown, { what: 'down' });
      expect((await databaseOf(readiness)).detail).toContain('takes no writes');
      const waiting = async (): Promise<number[]> => {
        const sql = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
        return (await owner.query<{ pid: number }>(sql)).rows.map(({ pid }) => pid);
      };
      const [first] = await eventually(async () => {
        const pids = await waiting();
        return pids.length > 0 && pids;
      });
      // Each probe writes again: the session of the first one must end, even while the standby is lost.
      await eventually(async () => (await isDown()) && !(await waiting()).includes(first!), {
        limitMs: 30_000,
      });
      expect((await waiting()).length).toBeLessThanOrEqual(1);
      await require('');
      await eventually(async () => (await databaseOf(readiness)).state === 'up', { what: 'up again' });
      await owner.end();
    });
  });

  describe.skipIf(!inject('redisUrl'))('when Redis', () => {
    let redis: PrivateRedis;
    beforeEach(async () => {
      redis = await PrivateRedis.start();
    });
    afterEach(() => redis.remove());
    const queueOf = async (readiness: Readiness): Promise<Finding> =>
      (await readiness.check()).find(({ what }) => what === 'queue')!;
    const expectState = async (readiness: Readiness, state: string, detail: RegExp): Promise<void> => {
      const isSo = async (): Promise<boolean> => {
        const found = await queueOf(readiness);
        if (found.state === state && detail.test(found.detail)) return true;
        throw new Error(JSON.stringify(found));
      };
      await eventually(isSo, { what: state });
    };
    const user = (name: string): string => redis.url.replace('//', `//${name}:secret@`);

    it('is frozen, the queue is degraded in time, and up again afterwards', async () => {
      const readiness = await readinessOf(test.url, { REDIS_URL: redis.url });
      await expectState(readiness, 'up', /^$/);
      redis.signal('SIGSTOP');
      for (let asked = 0; asked < 5; asked++) {
        const asking = queueOf(readiness);
        expect(await endsBefore(asking, 3_000)).toBe(true);
        expect((await asking).state).toBe('degraded');
      }
      redis.signal('SIGCONT');
      await expectState(readiness, 'up', /^$/);
    });

    it('is full, the queue is degraded, and up again when there is space', async () => {
      const readiness = await readinessOf(test.url, { REDIS_URL: redis.url });
      await expectState(readiness, 'up', /^$/);
      await redis.command('CONFIG', 'SET', 'maxmemory', '1');
      await expectState(readiness, 'degraded', /is full.*raise its maxmemory/);
      await redis.command('CONFIG', 'SET', 'maxmemory', '0');
      await expectState(readiness, 'up', /^$/);
    });

    it('refuses the login, the queue is degraded, and up when the password is right', async () => {
      const readiness = await readinessOf(test.url, { REDIS_URL: user('worker') });
      await expectState(readiness, 'degraded', /refuses the login; set user and password in REDIS_URL/);
      await redis.command('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all');
      await expectState(readiness, 'up', /^$/);
    });

    it('denies INFO, the queue is up, and reports what is not known', async () => {
      await redis.command('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all', '-info');
      const readiness = await readinessOf(test.url, { REDIS_URL: user('worker') });
      await expectState(
        readiness,
        'up',
        /it is not known whether Redis drops wake-ups when it is full: NOPERM/,
      );
    });

    it('denies scripts, the queue is degraded, and up when they are allowed', async () => {
      await redis.command('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all', '-@scripting');
      const readiness = await readinessOf(test.url, { REDIS_URL: user('worker') });
      await expectState(readiness, 'degraded', /denies the user of REDIS_URL a command/);
      await redis.command('ACL', 'SETUSER', 'worker', '+@scripting');
      await expectState(readiness, 'up', /^$/);
    });

    it('may drop wake-ups, the queue is degraded', async () => {
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      const readiness = await readinessOf(test.url, { REDIS_URL: redis.url });
      await expectState(readiness, 'degraded', /maxmemory-policy is allkeys-lru/);
    });
  });
});
