import { Injectable } from '@nestjs/common';
import { Database, transactionOf, type Transaction } from '@breakwater/platform';

/** Dead letters of a capability that nobody was notified of yet. */
export interface UntoldFailures {
  appId: string;
  appName: string;
  capability: string;
  /** Name of the subscription; null: they are of a capability, or the subscription was deleted. */
  subscription: string | null;
  total: number;
  /** When the first and the last of them failed. */
  from: Date;
  to: Date;
  /** The first of them, oldest first. */
  letters: { id: string; deliveryId: string; error: string | null; attempts: number; reason: string }[];
}

/** Dead letters that one notice lists. */
const LISTED = 20;
/** A capability is reported again after this at the earliest. */
const AGAIN_AFTER = '1 hour';
/** A dead letter is reported when it is this old: the transactions of older ones are over. */
const SETTLED = '30 seconds';
/** Dead letters older than this are not reported when a capability is reported for the first time. */
const NEWS = '24 hours';

// Index: webhook_dead_letter_queue_open_idx
const DUE = `
SELECT q.app_id AS "appId", q.capability
FROM webhook_dead_letter_queue q
LEFT JOIN failure_notices n ON n.app_id = q.app_id AND n.capability = q.capability
WHERE q.resolved_at IS NULL AND q.failed_at > COALESCE(n.told_until, now() - interval '${NEWS}')
  AND q.failed_at <= now() - interval '${SETTLED}' AND (n.next_at IS NULL OR n.next_at <= now())
GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 100`;

const TAKE = `
INSERT INTO failure_notices AS n (app_id, capability, told_until, next_at)
VALUES ($1, $2, now() - interval '${NEWS}', now() - interval '1 second')
ON CONFLICT (app_id, capability) DO UPDATE SET next_at = n.next_at
RETURNING told_until AS "toldUntil", next_at <= now() AS due, now() - interval '${SETTLED}' AS until`;

const LETTERS = `
SELECT q.id, q.delivery_id AS "deliveryId", q.error, q.attempts, q.reason, q.failed_at AS "failedAt",
  count(*) OVER () AS total, max(q.failed_at) OVER () AS "lastAt", a.name AS "appName",
  s.name AS subscription
FROM webhook_dead_letter_queue q LEFT JOIN apps a ON a.id = q.app_id LEFT JOIN subscriptions s ON s.endpoint_id = q.endpoint_id
WHERE q.app_id = $1 AND q.capability = $2 AND q.resolved_at IS NULL AND q.failed_at > $3 AND q.failed_at <= $4
ORDER BY q.failed_at, q.id LIMIT ${LISTED}`;

const TOLD = `
UPDATE failure_notices SET told_until = $3, next_at = now() + interval '${AGAIN_AFTER}'
WHERE app_id = $1 AND capability = $2`;

@Injectable()
export class FailureNoticesStore {
  constructor(private readonly database: Database) {}

  /** Capabilities that are to be reported now. */
  async due(): Promise<{ appId: string; capability: string }[]> {
    return this.database.query<{ appId: string; capability: string }>({ text: DUE });
  }

  /** Reports a capability and records that, in one transaction; does nothing when another process was first. */
  async tell(
    { appId, capability }: { appId: string; capability: string },
    tell: (transaction: Transaction, failures: UntoldFailures) => Promise<number>,
  ): Promise<number> {
    return this.database.transaction(async (client) => {
      const taken = await client.query<{ toldUntil: Date; due: boolean; until: Date }>(TAKE, [
        appId,
        capability,
      ]);
      const { toldUntil, due, until } = taken.rows[0]!;
      if (!due) return 0;
      const { rows } = await client.query<
        UntoldFailures['letters'][number] & {
          failedAt: Date;
          lastAt: Date;
          total: number;
          appName: string | null;
          subscription: string | null;
        }
      >(LETTERS, [appId, capability, toldUntil, until]);
      const [first] = rows;
      if (!first) return 0;
      const { total, failedAt, lastAt, appName, subscription } = first;
      const letters = rows.map(({ id, deliveryId, error, attempts, reason }) => ({
        id,
        deliveryId,
        error,
        attempts,
        reason,
      }));
      const failures = {
        appId,
        appName: appName ?? appId,
        capability,
        subscription,
        total,
        from: failedAt,
        to: lastAt,
        letters,
      };
      const stored = await tell(transactionOf(client), failures);
      await client.query(TOLD, [appId, capability, until]);
      return stored;
    });
  }
}
