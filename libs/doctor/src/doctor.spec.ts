import { SecretBox, type Config } from '@breakwater/platform';
import { UndiciWebhookClient } from '@breakwater/webhook-client';
import { Link } from '@breakwater/testing/link.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Checkup, ok, type CheckName, type Finding } from './check.js';
import { ClockCheck } from './checks/clock-check.service.js';
import { DatabaseCheck } from './checks/database-check.service.js';
import { EncryptionCheck } from './checks/encryption-check.service.js';
import { GuardCheck } from './checks/guard-check.service.js';
import { MigrationsCheck } from './checks/migrations-check.service.js';
import { PartitionsCheck } from './checks/partitions-check.service.js';
import { Doctor } from './doctor.service.js';
import { InstallationStore } from './installation.store.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const remedy = 'Look.';
class Fixed extends Checkup {
  readonly needsDatabase = false;
  readonly remedy = remedy;
  constructor(
    readonly name: CheckName,
    private readonly answer: () => Promise<Finding>,
  ) {
    super();
  }
  run(): Promise<Finding> {
    return this.answer();
  }
}

describe('the doctor', () => {
  it('answers although one check hangs and one breaks', async () => {
    const doctor = new Doctor(
      [
        new Fixed('mail', () => new Promise(() => undefined)),
        new Fixed('queue', () => Promise.reject(new Error('broken'))),
        new Fixed('guard', async () => ok('Fine.')),
      ],
      50,
    );
    const report = await doctor.examine();
    expect(report.ok).toBe(false);
    expect(report.checks).toMatchObject([
      { name: 'queue', state: 'failed', sentence: 'The check failed: broken.', remedy },
      { name: 'mail', state: 'failed', sentence: 'The check failed: no answer within 50 ms.', remedy },
      { name: 'guard', state: 'ok', sentence: 'Fine.', remedy: null },
    ]);
  });

  it('is asked once by those who ask at the same time', async () => {
    let runs = 0;
    const doctor = new Doctor([new Fixed('guard', async () => ok(String((runs += 1))))]);
    await Promise.all([doctor.examine(), doctor.examine()]);
    expect(runs).toBe(1);
    await doctor.examine();
    expect(runs).toBe(2);
  });

  it('names a frozen database once, and skips what needs it', async () => {
    const link = await Link.to(world.databaseUrl);
    const store = new InstallationStore(world.node({ url: link.url }));
    await store.now();
    link.silence();
    const doctor = new Doctor(
      [new DatabaseCheck(store, world.config()), new MigrationsCheck(store), new PartitionsCheck(store)],
      5_000,
    );
    const report = await doctor.examine();
    expect(report.checks.map(({ name, state }) => [name, state])).toEqual([
      ['database', 'failed'],
      ['migrations', 'skipped'],
      ['partitions', 'skipped'],
    ]);
    expect(report.checks[0]!.remedy).toContain('DATABASE_URL');
    await link.cut();
  });
});

describe('the check of clocks', () => {
  const check = (ms: { of: number; redis: number | null }): ClockCheck =>
    new ClockCheck(
      { now: async () => new Date(ms.of) },
      { clock: async () => (ms.redis === null ? null : new Date(ms.redis)) },
      world.config(),
      () => 1_000_000,
    );

  it.each([
    ['passes at 5 s', { of: 1_005_000, redis: null }, 'ok'],
    ['fails beyond 5 s', { of: 1_005_001, redis: null }, 'failed'],
    ['fails behind by more', { of: 990_000, redis: 1_000_000 }, 'failed'],
    ["fails by Redis' clock", { of: 1_000_000, redis: 2_000_000 }, 'failed'],
    ['passes with both', { of: 1_000_100, redis: 999_900 }, 'ok'],
  ])('%s', async (_, ms, state) => {
    expect(await check(ms).run()).toMatchObject({ state });
  });

  it('names how far which clock is, and the setting', async () => {
    expect(await check({ of: 1_010_000, redis: 1_000_000 }).run()).toEqual({
      state: 'failed',
      sentence: "The clock of this process is 10000 ms from the database's; 5000 ms are allowed.",
      remedy: 'Synchronise the clocks of all machines with NTP. CLOCK_SKEW_MAX is the limit.',
    });
  });
});

describe('the check of the database', () => {
  it('warns when few connections are left', async () => {
    const store = new InstallationStore(world.database);
    const state = await store.state();
    const full = Object.assign(Object.create(store) as InstallationStore, {
      state: async () => ({ ...state, used: 95, most: 100 }),
    });
    expect(await new DatabaseCheck(full, world.config()).run()).toMatchObject({
      state: 'warning',
      sentence: expect.stringContaining('95 of 100 connections are in use'),
      remedy: expect.stringContaining('DATABASE_POOL_MAX'),
    });
    expect(await new DatabaseCheck(store, world.config()).run()).toMatchObject({ state: 'ok' });
  });
});

describe('the check of encryption', () => {
  it('fails when the key of a stored secret is missing', async () => {
    const store = new InstallationStore(world.database);
    const other = world.config({ ENCRYPTION_KEYS: `k2:${Buffer.alloc(32, 1).toString('base64')}` });
    expect(await new EncryptionCheck(store, new SecretBox(other), other).run()).toMatchObject({
      state: 'ok',
    });
    await world.rows(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ('a', 'A', 'a@example.com', 'https://a.example', 1)`,
    );
    const sealed = new SecretBox(world.config()).seal('x', 'signing-secret');
    await world.rows(
      `INSERT INTO signing_secrets (id, app_id, sealed) VALUES (gen_random_uuid(), 'a', $1)`,
      sealed,
    );
    expect(await new EncryptionCheck(store, new SecretBox(other), other).run()).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('"k1"'),
      remedy: expect.stringContaining('ENCRYPTION_KEYS'),
    });
  });
});

describe('the check of the guard', () => {
  const guard = (env: Record<string, string>): GuardCheck => {
    const config: Config = world.config(env);
    const { allow, dnsServers, ...rest } = config.outbound;
    const client = new UndiciWebhookClient({
      ...rest,
      allow: [...allow],
      dnsServers: [...dnsServers],
      userAgent: 'test',
    });
    world.endsWith(() => client.close());
    return new GuardCheck(client, config);
  };

  it('says what is allowed', async () => {
    expect(await guard({}).run()).toMatchObject({
      state: 'ok',
      sentence:
        'The guard refuses 169.254.169.254 and private addresses; OUTBOUND_ALLOW opens no private target.',
    });
    expect(await guard({ OUTBOUND_ALLOW: '127.0.0.1:7001' }).run()).toMatchObject({
      state: 'ok',
      sentence: expect.stringContaining('127.0.0.1:7001'),
    });
    expect(await guard({ OUTBOUND_ALLOW: '10.0.0.0/8' }).run()).toMatchObject({
      state: 'warning',
      sentence: expect.stringContaining('10.0.0.1'),
      remedy: expect.stringContaining('OUTBOUND_ALLOW'),
    });
  });
});

describe('the check of partitions', () => {
  it('fails without the one of now', async () => {
    const check = new PartitionsCheck(new InstallationStore(world.database));
    expect(await check.run()).toMatchObject({ state: 'ok' });
    const [{ name }] = (await world.rows<{ name: string }>(
      `SELECT 'captures' || to_char(partition_start(now(), 7) AT TIME ZONE 'UTC', '_YYYYMMDD') AS name`,
    )) as [{ name: string }];
    await world.rows(`ALTER TABLE partitions.${name} RENAME TO ${name}_away`);
    expect(await check.run()).toMatchObject({
      state: 'failed',
      sentence: 'The partition of now is missing of captures: rows go to the default partition.',
      remedy: expect.stringContaining('breakwater maintenance'),
    });
    await world.rows(`ALTER TABLE partitions.${name}_away RENAME TO ${name}`);
    expect(await check.run()).toMatchObject({ state: 'ok' });
  });
});
