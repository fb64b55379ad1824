import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { PoolClient } from 'pg';

/** A change of a breaker's state that nobody was told of yet, with what a mail says about it. */
export interface UntoldChange {
  id: number;
  appId: string;
  capability: string;
  generation: number;
  fromState: string;
  toState: string;
  at: Date;
  actor: string | null;
  failureCount: number;
  failingSince: Date | null;
  lastReason: string | null;
  /** Null when the app was deleted. */
  appName: string | null;
  ownerEmail: string | null;
  /** Of the change that opened the circuit last. */
  openedAt: Date | null;
  openedAfterFailures: number | null;
}

/** Stores what is to be told, in the transaction that marks the change as told. @returns how many notifications */
export type Tell = (client: PoolClient, change: UntoldChange) => Promise<number>;

// Indexes: circuit_breaker_transitions_unnotified_idx, circuit_breaker_transitions_key_idx
const NEXT = `
SELECT t.id, t.app_id AS "appId", t.capability, t.generation, t.from_state AS "fromState", t.to_state AS "toState", t.at,
  t.actor, t.failure_count AS "failureCount", t.failing_since AS "failingSince", t.last_reason AS "lastReason",
  a.name AS "appName", a.owner_email AS "ownerEmail", o.at AS "openedAt", o.failure_count AS "openedAfterFailures"
FROM circuit_breaker_transitions t
LEFT JOIN apps a ON a.id = t.app_id
LEFT JOIN LATERAL (
  SELECT at, failure_count FROM circuit_breaker_transitions
  WHERE app_id = t.app_id AND capability = t.capability AND id < t.id AND from_state = 'closed' AND to_state = 'open'
  ORDER BY id DESC LIMIT 1
) o ON true
WHERE t.notified_at IS NULL AND t.id > $1
ORDER BY t.id LIMIT 1
FOR UPDATE OF t SKIP LOCKED`;

/** A breaker's history as the outbox its mails are made from. */
@Injectable()
export class BreakerMailStore {
  constructor(private readonly database: Database) {}

  /**
   * Takes the next untold change after `afterId` and, in one transaction, tells it and marks it as told. One that cannot
   * be told stays untold and holds up no other.
   * @returns its id, and how many notifications were stored; null when nothing is left, or all of it is in other hands
   */
  async tellNext(
    afterId: number,
    tell: Tell,
    onFailure: (change: UntoldChange, error: Error) => void,
  ): Promise<{ id: number; stored: number } | null> {
    return this.database.transaction(async (client) => {
      const change = (await client.query<UntoldChange>(NEXT, [afterId])).rows[0];
      if (!change) return null;
      await client.query('SAVEPOINT untold');
      try {
        const stored = await tell(client, change);
        await client.query('UPDATE circuit_breaker_transitions SET notified_at = now() WHERE id = $1', [
          change.id,
        ]);
        return { id: change.id, stored };
      } catch (error) {
        await client.query('ROLLBACK TO SAVEPOINT untold');
        onFailure(change, error as Error);
        return { id: change.id, stored: 0 };
      }
    });
  }
}
