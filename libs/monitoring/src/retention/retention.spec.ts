import { newId } from '@breakwater/platform';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../world.fixture.js';
import { Retention } from './retention.service.js';
import { RetentionStore } from './retention.store.js';

describe('retention', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(() => world.clear());
  afterAll(() => world.stop());

  const retention = (database = world.database, env: Record<string, string> = {}): Retention =>
    new Retention(new RetentionStore(database), world.config(env));
  async function deadLetters(
    count: number,
    failedDaysAgo: number,
    resolvedDaysAgo: number | null,
  ): Promise<void> {
    const ids = Array.from({ length: count }, () => newId());
    await world.database.pool.query(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, failed_at, delivery_id,
         endpoint_id, category, reason, resolved_at)
       SELECT id, 'quiz', 'report', '', 1, now() - make_interval(hours => $2), id, id, 'RETRYABLE', 'exhausted',
         now() - make_interval(hours => $3)
       FROM unnest($1::uuid[]) AS id`,
      [ids, failedDaysAgo * 24, resolvedDaysAgo === null ? null : resolvedDaysAgo * 24],
    );
  }
  async function keys(count: number, expiredHoursAgo: number): Promise<void> {
    await world.database.pool.query(
      `INSERT INTO idempotency_keys (app_id, key, digest, delivery_id, expires_at)
       SELECT 'quiz', format('key %s of %s', n, $2::integer), '', gen_random_uuid(), now() - make_interval(hours => $2::integer)
       FROM generate_series(1, $1) AS n`,
      [count, expiredHoursAgo],
    );
  }
  async function auditLines(count: number, daysAgo: number): Promise<void> {
    await world.database.pool.query(
      `INSERT INTO audit_log (id, at, actor, action, target, outcome)
       SELECT gen_random_uuid(), now() - make_interval(days => $2), 'ci', 'app.update', 'quiz', 'done'
       FROM generate_series(1, $1)`,
      [count, daysAgo],
    );
  }
  const left = async (table: string): Promise<number> =>
    (await world.database.pool.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]!.n;

  it('removes dead letters resolved too long ago, younger and unresolved ones never', async () => {
    await deadLetters(3, 40, 31);
    await deadLetters(2, 40, 29);
    await deadLetters(4, 4000, null);
    expect(await retention().run()).toEqual({ deadLetters: 3, idempotencyKeys: 0, auditLines: 0 });
    expect(await left('webhook_dead_letter_queue')).toBe(6);
    expect(await retention().run()).toEqual({ deadLetters: 0, idempotencyKeys: 0, auditLines: 0 });
  });

  it('keeps to the days that are set', async () => {
    await deadLetters(2, 40, 8);
    expect((await retention(world.database, { DLQ_RESOLVED_RETENTION_DAYS: '7' }).run())?.deadLetters).toBe(
      2,
    );
  });

  it('removes expired idempotency keys, and more of them than one statement takes', async () => {
    await keys(2500, 1);
    await keys(3, -1);
    expect(await retention().run()).toEqual({ deadLetters: 0, idempotencyKeys: 2500, auditLines: 0 });
    expect(await left('idempotency_keys')).toBe(3);
  });

  it('removes lines of the audit log after a year, or after the days that are set', async () => {
    await auditLines(1200, 366);
    await auditLines(2, 300);
    await auditLines(1, 31);
    expect(await retention().run()).toEqual({ deadLetters: 0, idempotencyKeys: 0, auditLines: 1200 });
    const month = retention(world.database, { AUDIT_LOG_RETENTION_DAYS: '30' });
    expect((await month.run())?.auditLines).toBe(3);
    expect(await left('audit_log')).toBe(0);
  });

  it('cannot remove a line of the audit log that is younger than 30 days', async () => {
    await auditLines(1, 29);
    expect(await new RetentionStore(world.database).deleteAuditLines(1, 1000)).toBe(0);
    expect(await left('audit_log')).toBe(1);
  });

  it('stops between two batches when told to', async () => {
    await keys(2500, 1);
    let rounds = 0;
    expect(await retention().run(() => rounds++ < 2)).toEqual({
      deadLetters: 0,
      idempotencyKeys: 1000,
      auditLines: 0,
    });
  });

  it('is left to the process that is at it', async () => {
    await keys(1, 1);
    const store = new RetentionStore(world.node());
    const other = await store.asLeader(() => retention().run());
    expect(other).toBeNull();
    expect(await left('idempotency_keys')).toBe(1);
    expect(await retention().run()).toEqual({ deadLetters: 0, idempotencyKeys: 1, auditLines: 0 });
  });

  it('gives its lock back when it fails', async () => {
    const store = new RetentionStore(world.node());
    await expect(store.asLeader(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await retention().run()).not.toBeNull();
  });

  it('run by two processes at once removes everything once', async () => {
    await deadLetters(1500, 40, 31);
    const removed = await Promise.all(
      [world.node(), world.node()].map((database) => retention(database).run()),
    );
    expect(removed.reduce((sum, one) => sum + (one?.deadLetters ?? 0), 0)).toBe(1500);
    expect(await left('webhook_dead_letter_queue')).toBe(0);
  });
});
