import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** Any number, the same in all processes of one database. */
const LOCK_KEY = 7_402_113_001;

// Reads the whole table, which holds what people have to look at; unresolved rows match at no age.
const RESOLVED_DEAD_LETTERS = `
DELETE FROM webhook_dead_letter_queue WHERE id IN (
  SELECT id FROM webhook_dead_letter_queue WHERE resolved_at < now() - make_interval(days => $1)
  LIMIT $2 FOR UPDATE SKIP LOCKED)`;

// Index: idempotency_keys_expires_at_idx
const EXPIRED_KEYS = `
DELETE FROM idempotency_keys WHERE (app_id, key) IN (
  SELECT app_id, key FROM idempotency_keys WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)`;

// Index: audit_log_at_id_idx. The database itself keeps what is younger than 30 days, whatever is asked.
const OLD_AUDIT_LINES = `
DELETE FROM audit_log WHERE id IN (
  SELECT id FROM audit_log WHERE at < now() - make_interval(days => $1) LIMIT $2)`;

@Injectable()
export class RetentionStore {
  constructor(private readonly database: Database) {}

  /** Runs `work` while this process is the only one that does; null when another is at it. */
  async asLeader<T>(work: () => Promise<T>): Promise<T | null> {
    // The lock belongs to the session: when this connection dies, so does the lock.
    const client = await this.database.pool.connect();
    let broken: Error | undefined;
    try {
      const lock = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [LOCK_KEY]);
      if (!lock.rows[0]?.got) return null;
      try {
        return await work();
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
      }
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
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

  private async count(text: string, values: unknown[]): Promise<number> {
    return (await this.database.pool.query(text, values)).rowCount ?? 0;
  }
}
