import { newId, PeriodicRuns } from '@breakwater/platform';
import { addChange, clearTables } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Retention, type Removed } from './retention.service.js';
import { RetentionStore } from './retention.store.js';

const never = new AbortController().signal;

describe('retention', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(() => clearTables(world));
  afterAll(() => world.stop());

  const retention = (
    database = world.database,
    env: Record<string, string> = {},
    store = new RetentionStore(database),
  ): Retention => new Retention(store, new PeriodicRuns(database), world.config(env));
  const removed = async (env?: Record<string, string>): Promise<Removed | undefined> =>
    (await retention(world.database, env).run())?.removed;
  const nothing: Removed = {
    deadLetters: 0,
    leftOverDeliveries: 0,
    idempotencyKeys: 0,
    leftOverEvents: 0,
    subscriptionVersions: 0,
    sources: 0,
    notifications: 0,
    breakerChanges: 0,
    approvals: 0,
    alerts: 0,
    bulkItems: 0,
    bulkOperations: 0,
    conformanceRuns: 0,
    auditLines: 0,
    healthDays: 0,
  };
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

  it('removes dead letters resolved too long ago, but never younger or unresolved ones', async () => {
    await deadLetters(3, 40, 31);
    await deadLetters(2, 40, 29);
    await deadLetters(4, 4000, null);
    expect(await removed()).toEqual({ ...nothing, deadLetters: 3, idempotencyKeys: 0, auditLines: 0 });
    expect(await left('webhook_dead_letter_queue')).toBe(6);
    expect(await removed()).toEqual({ ...nothing, deadLetters: 0, idempotencyKeys: 0, auditLines: 0 });
  });

  it('uses the days that are set', async () => {
    await deadLetters(2, 40, 8);
    expect((await removed({ DLQ_RESOLVED_RETENTION_DAYS: '7' }))?.deadLetters).toBe(2);
  });

  it('removes expired idempotency keys, also more than one statement takes', async () => {
    await keys(2500, 1);
    await keys(3, -1);
    expect(await removed()).toEqual({ ...nothing, deadLetters: 0, idempotencyKeys: 2500, auditLines: 0 });
    expect(await left('idempotency_keys')).toBe(3);
  });

  it('removes lines of the audit log after a year, or after the days that are set', async () => {
    await auditLines(1200, 366);
    await auditLines(2, 300);
    await auditLines(1, 31);
    expect(await removed()).toEqual({ ...nothing, deadLetters: 0, idempotencyKeys: 0, auditLines: 1200 });
    expect((await removed({ AUDIT_LOG_RETENTION_DAYS: '30' }))?.auditLines).toBe(3);
    expect(await left('audit_log')).toBe(0);
  });

  it('cannot remove a line of the audit log that is younger than 30 days', async () => {
    await auditLines(1, 29);
    expect(await new RetentionStore(world.database).deleteAuditLines(1, 1000)).toBe(0);
    expect(await left('audit_log')).toBe(1);
  });

  it('removes old notifications, changes of breakers and decided approvals', async () => {
    await world.database.pool.query(
      `INSERT INTO notifications (id, channel, kind, recipient, subject, text, dedupe_key, status, created_at)
       SELECT gen_random_uuid(), 'email', 'k', 'r', 's', 't', format('%s %s %s', status, days, n), status,
         now() - make_interval(days => days)
       FROM unnest(ARRAY['sent', 'failed', 'pending']) AS status, unnest(ARRAY[89, 91]) AS days, generate_series(1, 2) AS n`,
    );
    // Of the older breaker, the last change is the only one.
    for (const [app, generation, days] of [
      ['a', 1, 120],
      ['a', 2, 100],
      ['a', 3, 1],
      ['b', 1, 200],
    ] as const) {
      await addChange(world, { app, generation, minutesAgo: days * 1440 });
    }
    await world.database.pool.query('UPDATE circuit_breaker_transitions SET notified_at = at');
    await world.database.pool.query(
      `INSERT INTO pending_approvals (id, app_id, capability, request_id, payload, reason, status, created_at, resolved_at)
       SELECT gen_random_uuid(), 'quiz', 'c', 'r', '', 'timeout', status, now() - interval '200 days',
         CASE WHEN status <> 'pending' THEN now() - interval '91 days' END
       FROM unnest(ARRAY['pending', 'approved', 'rejected']) AS status`,
    );
    expect(await removed()).toEqual({ ...nothing, notifications: 4, breakerChanges: 2, approvals: 2 });
    expect(await removed()).toEqual(nothing);
    expect(await left('pending_approvals')).toBe(1);
    await world.database.pool.query('DELETE FROM pending_approvals');
  });

  it('removes days of health checks after 90 days, and those of apps that do not exist', async () => {
    await world.database.pool.query(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
       VALUES ('checked', 'Checked', 'a@example.com', 'https://a.example', 1)`,
    );
    await world.database.pool.query(
      `INSERT INTO app_health_days (app_id, day, ok) SELECT app, (now() AT TIME ZONE 'UTC')::date - ago, 1
       FROM unnest(ARRAY['checked', 'gone']) AS app, unnest(ARRAY[0, 89, 90, 91]) AS ago`,
    );
    expect(await removed()).toEqual({ ...nothing, healthDays: 6 });
    expect(await left('app_health_days')).toBe(2);
    await world.database.pool.query(`DELETE FROM app_health_days`);
    await world.database.pool.query(`DELETE FROM apps WHERE id = 'checked'`);
  });

  it('removes alerts resolved too long ago, but never firing ones', async () => {
    await world.database.pool.query(
      `INSERT INTO alerts (id, rule_id, rule_name, type, threshold, window_ms, value_at_firing, worst_value, status,
         fired_at, resolved_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'r', 'dlq_size', 10, 60000, 12, 12,
         CASE WHEN days IS NULL THEN 'firing' ELSE 'resolved' END, now() - interval '200 days',
         now() - make_interval(days => days)
       FROM unnest(ARRAY[91, 120, 89, NULL]) AS days`,
    );
    expect(await removed()).toEqual({ ...nothing, alerts: 2 });
    expect(await left('alerts')).toBe(2);
  });

  it('removes bulk operations that ended too long ago, with their items', async () => {
    await world.database.pool.query(
      `WITH made AS (
         INSERT INTO bulk_operations (id, kind, status, filter, per_second, planned, done, succeeded, created_by, finished_at)
         SELECT gen_random_uuid(), 'cancel', CASE WHEN days IS NULL THEN 'planned' ELSE 'completed' END, '{}', 1, 2, 2, 2,
           'me', now() - make_interval(days => days)
         FROM unnest(ARRAY[91, 120, 89, NULL]) AS days RETURNING id
       )
       INSERT INTO bulk_items (operation_id, number, app_id, endpoint_id, subject_id)
       SELECT id, n, 'quiz', id, gen_random_uuid() FROM made, generate_series(1, 2) n`,
    );
    expect(await removed()).toEqual({ ...nothing, bulkItems: 4, bulkOperations: 2 });
    expect([await left('bulk_operations'), await left('bulk_items')]).toEqual([2, 4]);
  });

  it('removes old conformance runs, but not those that people keep', async () => {
    await world.database.pool.query(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
       VALUES ('checked', 'Checked', 'a@example.com', 'https://a.example', 1)`,
    );
    await world.database.pool.query(
      `INSERT INTO conformance_runs (id, app_id, target_kind, target, state, kept, created_by, started_at)
       SELECT gen_random_uuid(), 'checked', 'capability', 'report', 'passed', kept, 'me', now() - make_interval(days => days)
       FROM unnest(ARRAY[89, 91, 200]) AS days, unnest(ARRAY[true, false]) AS kept`,
    );
    expect(await removed()).toEqual({ ...nothing, conformanceRuns: 2 });
    expect(await left('conformance_runs')).toBe(4);
    await world.database.pool.query(`DELETE FROM apps WHERE id = 'checked'`);
  });

  describe('of deliveries', () => {
    const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
    async function delivery(acceptedDaysAgo: number): Promise<string> {
      const { rows } = await world.database.pool.query<{ id: string }>(
        `WITH made AS (SELECT now() - make_interval(days => $1) AS at),
         id AS (SELECT overlay(uuid_floor(at)::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid AS id FROM made)
         INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type,
           timeout_ms, status, created_at, finished_at)
         SELECT id, 'quiz', id, 'report', 'event', 'async', 'r', '', 't', 1000, 'dead_letter', at, at FROM id, made
         RETURNING id`,
        [acceptedDaysAgo],
      );
      return rows[0]!.id;
    }
    const unresolved = (id: string): Promise<unknown> =>
      world.database.pool.query(
        `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id,
           category, reason) VALUES ($1, 'quiz', 'report', '', 1, $1, $1, 'RETRYABLE', 'exhausted')`,
        [id],
      );

    it('drops old weeks, and reports what it kept', async () => {
      await world.database.pool.query('SELECT make_partitions($1)', [daysAgo(60)]);
      await delivery(50);
      const [waiting, young] = [await delivery(50), await delivery(20)];
      await unresolved(waiting);
      const report = (await retention().run())!;
      const weeks = report.partitionsDropped.filter(({ name }) => name.startsWith('deliveries'));
      expect(weeks.length).toBeGreaterThan(2);
      expect(weeks.reduce((sum, { kept }) => sum + kept, 0)).toBe(1);
      const { rows } = await world.database.pool.query('SELECT id FROM deliveries ORDER BY id');
      expect(rows).toEqual([{ id: waiting }, { id: young }]);
      expect((await retention().run())!.partitionsDropped).toEqual([]);
      // Resolved, and removed after its days: now the delivery is not needed either.
      await world.database.pool.query(
        `UPDATE webhook_dead_letter_queue SET resolved_at = now() - interval '31 days'`,
      );
      expect(await removed()).toEqual({ ...nothing, deadLetters: 1, leftOverDeliveries: 1 });
      expect(await left('deliveries')).toBe(1);
    });

    it('uses the days that are set', async () => {
      await world.database.pool.query('SELECT make_partitions($1)', [daysAgo(60)]);
      await delivery(50);
      const report = await retention(world.database, { DELIVERY_RETENTION_DAYS: '70' }).run();
      const names = report!.partitionsDropped.map(({ name }) => name);
      expect(names.filter((name) => !/^(metric|events|captures)_/.test(name))).toEqual([]);
      await retention().run();
    });

    it('creates partitions in advance, and moves rows that came before their partition existed', async () => {
      await world.rows(
        `DROP TABLE ${(await partitions()).filter((name) => !name.endsWith('default')).join(', ')}`,
      );
      await delivery(0);
      expect(await partitions()).toHaveLength(3);
      const report = (await retention().run())!;
      expect(report.partitionsMade).toHaveLength(6);
      const { rows } = await world.database.pool.query(
        'SELECT tableoid::regclass::text AS place FROM deliveries ORDER BY id DESC LIMIT 1',
      );
      expect(rows[0].place).toMatch(/deliveries_2\d{7}/);
    });

    async function partitions(): Promise<string[]> {
      const { rows } = await world.database.pool.query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class p ON p.oid = inhparent
         WHERE p.relname IN ('deliveries', 'attempts', 'delivery_notes') AND p.relkind = 'p'`,
      );
      return rows.map(({ name }) => name);
    }
  });

  it('stops between two batches when its process stops, and is due again after that', async () => {
    await keys(2500, 1);
    const stop = new AbortController();
    let batches = 0;
    class StopsAfterTwo extends RetentionStore {
      override async deleteExpiredKeys(limit: number): Promise<number> {
        const count = await super.deleteExpiredKeys(limit);
        if (++batches === 2) stop.abort();
        return count;
      }
    }
    await retention(world.database, {}, new StopsAfterTwo(world.database)).runIfDue(stop.signal);
    expect(await left('idempotency_keys')).toBe(500);
    await retention(world.node()).runIfDue(never);
    expect(await left('idempotency_keys')).toBe(0);
  });

  it('is due once a day, over all processes', async () => {
    const due = (): Promise<void> => retention(world.node()).runIfDue(never);
    await keys(1, 1);
    await due();
    expect(await left('idempotency_keys')).toBe(0);
    await keys(1, 1);
    await due();
    expect(await left('idempotency_keys')).toBe(1);
    await world.database.pool.query(`UPDATE periodic_runs SET due_at = now()`);
    await due();
    expect(await left('idempotency_keys')).toBe(0);
  });

  it('is left to the process that is running it', async () => {
    const other = new PeriodicRuns(world.node());
    expect(await other.now('maintenance', () => retention().run())).toBeNull();
    expect(await removed()).toEqual(nothing);
  });

  it('run by two processes at once removes everything once', async () => {
    await deadLetters(1500, 40, 31);
    const reports = await Promise.all(
      [world.node(), world.node()].map((database) => retention(database).run()),
    );
    expect(reports.reduce((sum, report) => sum + (report?.removed.deadLetters ?? 0), 0)).toBe(1500);
    expect(await left('webhook_dead_letter_queue')).toBe(0);
  });
});
