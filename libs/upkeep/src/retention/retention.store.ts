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

  private async count(text: string, values: unknown[]): Promise<number> {
    const done = this.database.transaction((client) => client.query(text, values), {
      statementMs: this.database.bounds.upkeepMs,
    });
    return (await done).rowCount ?? 0;
  }
}
