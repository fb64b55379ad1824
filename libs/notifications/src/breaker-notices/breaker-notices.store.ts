import { Injectable } from '@nestjs/common';
import { Database, transactionOf, type Transaction } from '@breakwater/platform';
import type { PoolClient } from 'pg';

/** A change of a breaker's state that nobody was notified of yet, with what a mail says about it. */
export interface UntoldChange {
  id: number;
  appId: string;
  capability: string;
  generation: number;
  fromState: string;
  toState: string;
  at: Date;
  cause: string;
  actor: string | null;
  /** Why a person did it. */
  note: string | null;
  failureCount: number;
  failingSince: Date | null;
  lastReason: string | null;
  /** Null when the app was deleted. */
  appName: string | null;
  /** Name of the subscription whose endpoint it is; null: it is of a capability, or the subscription was deleted. */
  subscription: string | null;
  ownerEmail: string | null;
  /** Of the change that opened the circuit last. */
  openedAt: Date | null;
  openedAfterFailures: number | null;
}

/**
 * Stores the notices about one breaker, in the transaction that marks its changes as reported.
 * @param changes openings and closings, oldest first
 * @returns how many notifications
 */
export type Tell = (transaction: Transaction, changes: readonly UntoldChange[]) => Promise<number>;

interface Breaker {
  appId: string;
  capability: string;
}

// Index: circuit_breaker_transitions_unnotified_idx.
const ENROL = `
INSERT INTO breaker_notices (app_id, capability)
SELECT DISTINCT app_id, capability FROM circuit_breaker_transitions WHERE notified_at IS NULL
ON CONFLICT (app_id, capability) DO NOTHING`;

// Index: circuit_breaker_transitions_unnotified_idx. The process that locks the row reports this breaker.
const NEXT = `
SELECT n.app_id AS "appId", n.capability FROM breaker_notices n
JOIN (SELECT DISTINCT app_id, capability FROM circuit_breaker_transitions WHERE notified_at IS NULL) t
  USING (app_id, capability)
WHERE (n.quiet_until IS NULL OR n.quiet_until <= now() OR $3::float8 = 0) AND (n.app_id, n.capability) > ($1, $2)
ORDER BY n.app_id, n.capability LIMIT 1
FOR UPDATE OF n SKIP LOCKED`;

// Index: circuit_breaker_transitions_key_idx
const LAST = `
SELECT max(id)::text AS id FROM circuit_breaker_transitions
WHERE app_id = $1 AND capability = $2 AND notified_at IS NULL`;

// Index: circuit_breaker_transitions_key_idx. Only openings and closings, see openedOrClosed.
const CHANGES = `
SELECT t.id, t.app_id AS "appId", t.capability, t.generation, t.from_state AS "fromState", t.to_state AS "toState", t.at,
  t.cause, t.actor, t.note, t.failure_count AS "failureCount", t.failing_since AS "failingSince", t.last_reason AS "lastReason",
  a.name AS "appName", a.owner_email AS "ownerEmail", s.name AS subscription, o.at AS "openedAt", o.failure_count AS "openedAfterFailures"
FROM circuit_breaker_transitions t
LEFT JOIN apps a ON a.id = t.app_id
LEFT JOIN endpoints e ON e.app_id = t.app_id AND e.capability = t.capability
LEFT JOIN subscriptions s ON s.endpoint_id = e.id
LEFT JOIN LATERAL (
  SELECT at, failure_count FROM circuit_breaker_transitions
  WHERE app_id = t.app_id AND capability = t.capability AND id < t.id AND from_state = 'closed' AND to_state = 'open'
  ORDER BY id DESC LIMIT 1
) o ON true
WHERE t.app_id = $1 AND t.capability = $2 AND t.notified_at IS NULL AND t.id <= $3
  AND (t.to_state = 'closed' OR t.from_state = 'closed')
ORDER BY t.id`;

const TOLD = `
UPDATE circuit_breaker_transitions SET notified_at = now()
WHERE app_id = $1 AND capability = $2 AND notified_at IS NULL AND id <= $3`;

const QUIET = `
UPDATE breaker_notices SET quiet_until = now() + make_interval(secs => $3::float8 / 1000)
WHERE app_id = $1 AND capability = $2`;

/** Uses a breaker's history as an outbox for its mails. */
@Injectable()
export class BreakerNoticesStore {
  constructor(private readonly database: Database) {}

  /** Creates the row to lock for each breaker with unreported changes. */
  async enrol(): Promise<void> {
    await this.database.query({ text: ENROL });
  }

  /**
   * Takes the next breaker after `after` with unreported changes whose cooldown is over. In one transaction it reports
   * them, marks them as reported, and starts a cooldown of `cooldownMs` if anything was reported. A breaker that
   * cannot be reported delays no other.
   * @returns the breaker, and how many notifications were stored; null when none is left, or all are locked by other
   * processes
   */
  async notifyNext(
    after: Breaker,
    cooldownMs: number,
    tell: Tell,
    onFailure: (breaker: Breaker, error: Error) => void,
  ): Promise<(Breaker & { stored: number }) | null> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<Breaker>(NEXT, [after.appId, after.capability, cooldownMs]);
      const breaker = rows[0];
      if (!breaker) return null;
      await client.query('SAVEPOINT untold');
      try {
        return { ...breaker, stored: await storeNotices(client, breaker, cooldownMs, tell) };
      } catch (error) {
        await client.query('ROLLBACK TO SAVEPOINT untold');
        onFailure(breaker, error as Error);
        return { ...breaker, stored: 0 };
      }
    });
  }
}

async function storeNotices(
  client: PoolClient,
  { appId, capability }: Breaker,
  cooldownMs: number,
  tell: Tell,
): Promise<number> {
  const { id } = (await client.query<{ id: string | null }>(LAST, [appId, capability])).rows[0]!;
  const { rows: changes } = await client.query<UntoldChange>(CHANGES, [appId, capability, id]);
  const stored = changes.length === 0 ? 0 : await tell(transactionOf(client), changes);
  await client.query(TOLD, [appId, capability, id]);
  if (changes.length > 0) await client.query(QUIET, [appId, capability, cooldownMs]);
  return stored;
}
