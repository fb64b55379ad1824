import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** A notification that this process may send until its lease ends. */
export interface ClaimedNotification {
  id: string;
  channel: string;
  kind: string;
  recipient: string;
  subject: string;
  text: string;
  html: string | null;
  body: string | null;
  /** Attempts that failed before. */
  attempts: number;
  /** End of the lease. With the id it proves the claim: a later claim has another end. */
  lockedUntil: Date;
}

const DUE = `status = 'pending' AND next_attempt_at <= now()
  AND (locked_until IS NULL OR locked_until <= now())`;

// Index: notifications_due_idx
const CLAIM = `
UPDATE notifications n SET locked_until = clock_timestamp() + make_interval(secs => $1::float8 / 1000)
FROM (SELECT id FROM notifications WHERE ${DUE} AND channel = $2 ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) due
WHERE n.id = due.id
RETURNING n.id, n.channel, n.kind, n.recipient, n.subject, n.text, n.html, n.body, n.attempts, n.locked_until AS "lockedUntil"`;

// Index: notifications_due_idx
const MARK_UNSENDABLE = `
UPDATE notifications n SET last_error = $1
FROM (SELECT id FROM notifications WHERE ${DUE} AND channel = 'email' AND last_error IS DISTINCT FROM $1
  ORDER BY next_attempt_at, id LIMIT 500 FOR UPDATE SKIP LOCKED) due
WHERE n.id = due.id
RETURNING n.id, n.subject, n.recipient`;

/** The notifications as an outbox. Each write is fenced by the lease. */
@Injectable()
export class NotificationStore {
  constructor(private readonly database: Database) {}

  async claim(channel: string, leaseMs: number): Promise<ClaimedNotification | null> {
    return (
      (
        await this.database.query<ClaimedNotification>({ name: 'notification_claim', text: CLAIM }, [
          leaseMs,
          channel,
        ])
      )[0] ?? null
    );
  }

  async sent({ id, lockedUntil }: ClaimedNotification): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE notifications SET status = 'sent', sent_at = now(), attempts = attempts + 1, locked_until = NULL,
                 last_error = NULL WHERE id = $1 AND locked_until = $2 AND status = 'pending'`,
      },
      [id, lockedUntil],
    );
  }

  /** @param retryInMs null: no more attempts */
  async failed(
    { id, lockedUntil }: ClaimedNotification,
    error: string,
    retryInMs: number | null,
  ): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE notifications SET attempts = attempts + 1, locked_until = NULL, last_error = $3,
                 status = CASE WHEN $4::float8 IS NULL THEN 'failed' ELSE status END,
                 next_attempt_at = now() + make_interval(secs => COALESCE($4::float8, 0) / 1000)
               WHERE id = $1 AND locked_until = $2 AND status = 'pending'`,
      },
      [id, lockedUntil, error, retryInMs],
    );
  }

  /** Releases a mail whose attempt we aborted: it does not count as an attempt. */
  async release({ id, lockedUntil }: ClaimedNotification): Promise<void> {
    await this.database.query(
      { text: 'UPDATE notifications SET locked_until = NULL WHERE id = $1 AND locked_until = $2' },
      [id, lockedUntil],
    );
  }

  /**
   * Stores `why` at due mails that do not have it yet, and returns those: each is returned once over all processes.
   */
  async markUnsendable(why: string): Promise<{ id: string; subject: string; recipient: string }[]> {
    return this.database.query({ text: MARK_UNSENDABLE }, [why]);
  }
}
