import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** The deliveries, breakers and notifications of all processes together. */
export interface Standing {
  deadLetters: number;
  /** Due, without a call. */
  waiting: number;
  /** Their call is in progress. */
  active: number;
  /** Due later. */
  delayed: number;
  /** How long the oldest due delivery has waited; 0 when none waits. */
  oldestDueSeconds: number;
  breakers: Record<'closed' | 'open' | 'half_open', number>;
  notifications: Record<'pending' | 'failed', number>;
}

// Indexes: webhook_dead_letter_queue_open_idx; deliveries_parked_idx and deliveries_window_idx, both without the rows;
// deliveries_claimed_idx; notifications_due_idx, notifications_created_at_id_idx
const STANDING = `
WITH parked AS (
  SELECT count(*) FILTER (WHERE next_attempt_at <= now()) AS due, count(*) FILTER (WHERE next_attempt_at > now()) AS later,
    min(next_attempt_at) AS first
  FROM deliveries WHERE status = 'pending' AND enqueued_at IS NULL
), awake AS (
  SELECT count(*) FILTER (WHERE claim_token IS NULL AND next_attempt_at <= now()) AS due,
    count(*) FILTER (WHERE claim_token IS NULL AND next_attempt_at > now()) AS later,
    count(*) FILTER (WHERE claim_token IS NOT NULL) AS out,
    min(next_attempt_at) FILTER (WHERE claim_token IS NULL) AS first
  FROM deliveries WHERE enqueued_at IS NOT NULL
), breakers AS (
  SELECT count(*) FILTER (WHERE state = 'closed') AS closed, count(*) FILTER (WHERE state = 'open') AS open,
    count(*) FILTER (WHERE state = 'half_open') AS half_open
  FROM circuit_breaker_state b WHERE NOT EXISTS (
    SELECT 1 FROM endpoints e WHERE e.app_id = b.app_id AND e.capability = b.capability AND e.status = 'removed')
)
SELECT (SELECT count(*) FROM webhook_dead_letter_queue WHERE resolved_at IS NULL) AS "deadLetters",
  p.due + a.due AS waiting, a.out AS active, p.later + a.later AS delayed,
  GREATEST(0, COALESCE(extract(epoch FROM now() - LEAST(p.first, a.first)), 0))::float8 AS "oldestDueSeconds",
  json_build_object('closed', b.closed, 'open', b.open, 'half_open', b.half_open) AS breakers,
  json_build_object('pending', (SELECT count(*) FROM notifications WHERE status = 'pending'),
    'failed', (SELECT count(*) FROM notifications WHERE status = 'failed')) AS notifications
FROM parked p, awake a, breakers b`;

@Injectable()
export class GaugesStore {
  constructor(private readonly database: Database) {}

  async read(): Promise<Standing> {
    const [row] = await this.database.query<Standing & Record<string, unknown>>({ text: STANDING });
    return row!;
  }
}
