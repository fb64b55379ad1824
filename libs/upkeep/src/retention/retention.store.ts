import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** A partition that was dropped. */
export interface DroppedPartition {
  name: string;
  /** Estimated by the database. */
  aboutRows: number;
  /** Rows that are still needed, and were moved to the default partition. */
  kept: number;
}

// Reads the whole table, which is small: people have to look at its rows. Unresolved rows never match.
const RESOLVED_DEAD_LETTERS = `
DELETE FROM webhook_dead_letter_queue WHERE id IN (
  SELECT id FROM webhook_dead_letter_queue WHERE resolved_at < now() - make_interval(days => $1)
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Index: idempotency_keys_expires_at_idx
const EXPIRED_KEYS = `
DELETE FROM idempotency_keys WHERE (app_id, key) IN (
  SELECT app_id, key FROM idempotency_keys WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)`;

// Index: event_keys_expires_at_idx
const EXPIRED_EVENT_KEYS = `
DELETE FROM event_keys WHERE (scope, key) IN (
  SELECT scope, key FROM event_keys WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)`;

// Index: subscription_versions_ended_at_idx. An event is kept for up to a week more than the days say.
const OLD_SUBSCRIPTIONS = `
DELETE FROM subscription_versions WHERE (endpoint_id, from_version) IN (
  SELECT endpoint_id, from_version FROM subscription_versions WHERE ended_at < now() - make_interval(days => $1 + 14)
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Reads the whole table, which is small. An event and a captured request are kept for up to a week more than the days say.
const DELETED_SOURCES = `
DELETE FROM sources WHERE id IN (
  SELECT id FROM sources WHERE removed_at < now() - make_interval(days => $1 + 14)
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// What the default partition keeps of dropped ones. Indexes: events_pkey, deliveries_event_id_endpoint_id_idx
const OVER_EVENTS = `
DELETE FROM events WHERE id IN (
  SELECT v.id FROM events v
  WHERE v.id < (SELECT uuid_floor(partition_start(now() - make_interval(days => $1), p.days))
                FROM partition_plans p WHERE p.parent = 'events')
    AND v.fan_out_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM deliveries d LEFT JOIN webhook_dead_letter_queue q ON q.delivery_id = d.id AND q.resolved_at IS NULL
      WHERE d.event_id = v.id AND (d.status = 'pending' OR q.id IS NOT NULL))
  ORDER BY v.id LIMIT $2 FOR UPDATE OF v SKIP LOCKED)`;

// Index: audit_log_at_id_idx. The database itself refuses to delete rows that are younger than 30 days.
const OLD_AUDIT_LINES = `
DELETE FROM audit_log WHERE id IN (
  SELECT id FROM audit_log WHERE at < now() - make_interval(days => $1) LIMIT $2)`;

// Index: notifications_created_at_id_idx
const OLD_NOTIFICATIONS = `
DELETE FROM notifications WHERE id IN (
  SELECT id FROM notifications WHERE created_at < now() - make_interval(days => $1) AND status <> 'pending'
  ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Index: circuit_breaker_transitions_pkey, which is ordered by time. The last change of each breaker stays.
const OLD_BREAKER_CHANGES = `
DELETE FROM circuit_breaker_transitions WHERE id IN (
  SELECT id FROM circuit_breaker_transitions t
  WHERE at < now() - make_interval(days => $1) AND notified_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM circuit_breaker_transitions n
    WHERE n.app_id = t.app_id AND n.capability = t.capability AND n.generation > t.generation)
  ORDER BY id LIMIT $2)`;

// Index: pending_approvals_status_created_at_id_idx
const OLD_APPROVALS = `
DELETE FROM pending_approvals WHERE id IN (
  SELECT id FROM pending_approvals WHERE status <> 'pending' AND resolved_at < now() - make_interval(days => $1)
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Index: alerts_fired_at_id_idx. The last notice is needed for a cooldown, which lasts 7 days at most.
const OLD_ALERTS = `
DELETE FROM alerts WHERE id IN (
  SELECT id FROM alerts
  WHERE fired_at < now() - make_interval(days => $1) AND resolved_at < now() - make_interval(days => $1)
    AND (notified_at IS NULL OR notified_at < now() - interval '7 days')
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Rows of dropped partitions in the default partition that are no longer needed: always few. These are all rows older
// than the oldest partition that still exists.
const OVER = `
SELECT d.id FROM deliveries d
WHERE d.id < (SELECT uuid_floor(partition_start(now() - make_interval(days => $1), p.days))
              FROM partition_plans p WHERE p.parent = 'deliveries')
  AND d.finished_at < now() - make_interval(days => $1)
  AND NOT EXISTS (SELECT 1 FROM webhook_dead_letter_queue q WHERE q.delivery_id = d.id)
ORDER BY d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED`;
const LEFT_OVERS = `
WITH over AS MATERIALIZED (${OVER}),
  attempts_gone AS (DELETE FROM attempts a USING over o WHERE a.delivery_id = o.id),
  notes_gone AS (DELETE FROM delivery_notes n USING over o WHERE n.delivery_id = o.id)
DELETE FROM deliveries d USING over o WHERE d.id = o.id`;

// Index: app_health_days_day_idx. A check that was in progress when its app was deleted may have left a day.
const OLD_HEALTH_DAYS = `
DELETE FROM app_health_days WHERE (app_id, day) IN (
  (SELECT app_id, day FROM app_health_days WHERE day <= (now() AT TIME ZONE 'UTC')::date - $1::integer LIMIT $2)
  UNION ALL
  (SELECT d.app_id, d.day FROM app_health_days d WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = d.app_id) LIMIT $2)
  LIMIT $2)`;

// Indexes: bulk_operations_finished_at_idx, bulk_items_pkey. Items first, so that no statement removes a million rows.
const OLD_BULK_ITEMS = `
DELETE FROM bulk_items WHERE (operation_id, number) IN (
  SELECT i.operation_id, i.number FROM bulk_operations o JOIN bulk_items i ON i.operation_id = o.id
  WHERE o.finished_at < now() - make_interval(days => $1) LIMIT $2)`;
const OLD_BULK_OPERATIONS = `
DELETE FROM bulk_operations WHERE id IN (
  SELECT o.id FROM bulk_operations o WHERE o.finished_at < now() - make_interval(days => $1)
    AND NOT EXISTS (SELECT 1 FROM bulk_items i WHERE i.operation_id = o.id)
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Index: conformance_runs_started_at_idx
const OLD_CONFORMANCE_RUNS = `
DELETE FROM conformance_runs WHERE id IN (
  SELECT id FROM conformance_runs WHERE started_at < now() - make_interval(days => $1) AND NOT kept
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/** Each method takes at most `limit` rows, and returns how many it took. */
@Injectable()
export class RetentionStore {
  constructor(private readonly database: Database) {}

  /** Creates missing partitions, some in advance. @returns their names */
  async makePartitions(): Promise<string[]> {
    const rows = await this.database.upkeep<{ name: string }>('SELECT make_partitions() AS name');
    return rows.map(({ name }) => name);
  }

  /**
   * Drops partitions of deliveries, attempts and notes. Rows of unfinished deliveries, and of those with a dead
   * letter, are kept.
   */
  async dropFinishedDeliveries(olderThanDays: number): Promise<DroppedPartition[]> {
    return this.database.upkeep<DroppedPartition>(
      `SELECT name, about_rows AS "aboutRows", kept
       FROM drop_finished_deliveries(now() - make_interval(days => $1))`,
      [olderThanDays],
    );
  }

  /** Not what is not fanned out, nor what a delivery or an open dead letter needs. */
  async dropOldEvents(olderThanDays: number): Promise<DroppedPartition[]> {
    return this.database.upkeep<DroppedPartition>(
      `SELECT name, about_rows AS "aboutRows", kept FROM drop_old_events(now() - make_interval(days => $1))`,
      [olderThanDays],
    );
  }

  async dropOldCaptures(olderThanDays: number): Promise<DroppedPartition[]> {
    return this.database.upkeep<DroppedPartition>(
      `SELECT name, about_rows AS "aboutRows", kept FROM drop_old_captures(now() - make_interval(days => $1))`,
      [olderThanDays],
    );
  }

  async dropPartitions(parent: string, olderThanDays: number): Promise<DroppedPartition[]> {
    return this.database.upkeep<DroppedPartition>(
      `SELECT name, about_rows AS "aboutRows", kept
       FROM drop_partitions($1, now() - make_interval(days => $2))`,
      [parent, olderThanDays],
    );
  }

  async deleteLeftOvers(olderThanDays: number, limit: number): Promise<number> {
    return this.count(LEFT_OVERS, [olderThanDays, limit]);
  }

  async deleteResolvedDeadLetters(olderThanDays: number, limit: number): Promise<number> {
    return this.count(RESOLVED_DEAD_LETTERS, [olderThanDays, limit]);
  }

  async deleteExpiredKeys(limit: number): Promise<number> {
    return this.count(EXPIRED_KEYS, [limit]);
  }

  async deleteExpiredEventKeys(limit: number): Promise<number> {
    return this.count(EXPIRED_EVENT_KEYS, [limit]);
  }

  async deleteOldSubscriptions(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_SUBSCRIPTIONS, [olderThanDays, limit]);
  }

  async deleteDeletedSources(olderThanDays: number, limit: number): Promise<number> {
    return this.count(DELETED_SOURCES, [olderThanDays, limit]);
  }

  async deleteLeftOverEvents(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OVER_EVENTS, [olderThanDays, limit]);
  }

  async deleteAuditLines(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_AUDIT_LINES, [olderThanDays, limit]);
  }

  async deleteNotifications(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_NOTIFICATIONS, [olderThanDays, limit]);
  }

  async deleteBreakerChanges(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_BREAKER_CHANGES, [olderThanDays, limit]);
  }

  async deleteDecidedApprovals(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_APPROVALS, [olderThanDays, limit]);
  }

  async deleteResolvedAlerts(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_ALERTS, [olderThanDays, limit]);
  }

  /** Also those of apps that no longer exist. @param days that are kept, today among them */
  async deleteHealthDays(days: number, limit: number): Promise<number> {
    return this.count(OLD_HEALTH_DAYS, [days, limit]);
  }

  async deleteBulkItems(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_BULK_ITEMS, [olderThanDays, limit]);
  }

  /** Those without items. */
  async deleteBulkOperations(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_BULK_OPERATIONS, [olderThanDays, limit]);
  }

  /** Not those that people keep. */
  async deleteConformanceRuns(olderThanDays: number, limit: number): Promise<number> {
    return this.count(OLD_CONFORMANCE_RUNS, [olderThanDays, limit]);
  }

  private async count(text: string, values: unknown[]): Promise<number> {
    const done = this.database.transaction((client) => client.query(text, values), {
      statementMs: this.database.bounds.upkeepMs,
    });
    return (await done).rowCount ?? 0;
  }
}
