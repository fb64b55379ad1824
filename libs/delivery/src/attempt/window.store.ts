import { Injectable } from '@nestjs/common';
import { Config, Database, mayRetryRows, MicroBatcher } from '@breakwater/platform';
import { takenOfWindow } from './shared-sql.store.js';

/** What a call tells about the load that its endpoint can bear. */
export interface Strain {
  endpointId: string;
  /** A timeout, a 429 or a 5xx: half as many calls at once. Otherwise one more. */
  trouble: boolean;
  startedAt: Date;
}

/**
 * Pause of an endpoint that had trouble twice within a second and is down to two calls at once or fewer, ms.
 */
export const REST_MS = 50;

/**
 * The width grows again only if the last trouble was this long ago, ms: an endpoint that fails every other
 * call stays narrow.
 */
const CALM_AFTER_MS = 250;

// Each success adds one to the width, so a round of calls doubles it. A round with trouble halves it once:
// only calls that started after the last halving halve it again. An endpoint that keeps failing at once would
// still be called as fast as the processors allow, and slow down others: it rests between calls
// (docs/adr/0019-rest-after-trouble.md).
//
// Rows are locked in the order of ids, as a claim locks them. Claims of these endpoints wait for the lock, so
// the commit does not wait for the disk. A width lost in a crash of the server is learned again.
const ADJUST = `
WITH o AS (
  SELECT id, narrowed_at FROM endpoints WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
)
UPDATE endpoints e SET
  width = CASE WHEN s.trouble THEN GREATEST(1, e.width / 2)
    WHEN e.narrowed_at > clock_timestamp() - interval '${CALM_AFTER_MS} ms' THEN e.width
    ELSE LEAST(e.concurrency, e.width + s.good) END,
  narrowed_at = CASE WHEN s.trouble THEN clock_timestamp() ELSE e.narrowed_at END,
  next_start_at = CASE WHEN s.trouble AND e.width < 6 AND e.narrowed_at > clock_timestamp() - interval '1 second'
    THEN GREATEST(e.next_start_at, clock_timestamp() + interval '${REST_MS} ms') ELSE e.next_start_at END
FROM (
  SELECT g.id, count(*) FILTER (WHERE NOT g.trouble)::integer AS good,
    bool_or(g.trouble AND (o.narrowed_at IS NULL OR g.started_at > o.narrowed_at)) AS trouble
  FROM unnest($1::uuid[], $2::boolean[], $3::timestamptz[]) AS g(id, trouble, started_at)
  JOIN o ON o.id = g.id GROUP BY g.id
) s, (SELECT set_config('synchronous_commit', 'off', true)) AS quick
WHERE e.id = s.id AND (s.trouble OR (s.good > 0 AND e.width < e.concurrency))
RETURNING e.id, e.next_start_at > clock_timestamp() AS rests`;

// Indexes: deliveries_window_idx (how much is taken), deliveries_parked_idx (what is next),
// deliveries_pending_idx (the head of an ordered endpoint). A breaker that is not closed narrows the window
// to one; a breaker that refuses narrows it to none. $2 says whether breakers refuse at all.
export const PROMOTE = `
WITH room AS (
  SELECT e.id, e.ordered,
    CASE WHEN e.hold IS NOT NULL THEN 0
         WHEN $2::boolean AND b.state = 'open' AND b.retry_at > now() THEN 0
         WHEN $2::boolean AND b.state <> 'closed' THEN 1
         ELSE endpoint_window(e.ordered, e.width) END AS size
  FROM endpoints e
  LEFT JOIN circuit_breaker_state b ON b.app_id = e.app_id AND b.capability = e.capability
  WHERE e.id = ANY ($1::uuid[])
), free AS (
  SELECT r.id, r.ordered, r.size - ${takenOfWindow('r.id', 'r.size')} AS places
  FROM room r
), picked AS (
  SELECT p.id FROM free f CROSS JOIN LATERAL (
    SELECT d.id FROM deliveries d
    WHERE NOT f.ordered AND d.endpoint_id = f.id AND d.status = 'pending' AND d.enqueued_at IS NULL
      AND d.next_attempt_at <= now()
    ORDER BY d.next_attempt_at, d.id LIMIT GREATEST(f.places, 0) FOR UPDATE SKIP LOCKED) p
  UNION ALL
  SELECT p.id FROM free f CROSS JOIN LATERAL (
    SELECT d.id FROM deliveries d
    WHERE d.id = (SELECT h.id FROM deliveries h WHERE h.endpoint_id = f.id AND h.status = 'pending'
                  ORDER BY h.id LIMIT 1)
      AND d.enqueued_at IS NULL AND d.next_attempt_at <= now()
    FOR UPDATE SKIP LOCKED) p
  WHERE f.ordered AND f.places > 0
)
UPDATE deliveries d SET enqueued_at = now()
-- A promotion lost in a crash of the server is made again by the sweeper, so its commit does not wait for the
-- disk.
FROM picked, (SELECT set_config('synchronous_commit', 'off', true)) AS quick
WHERE d.id = picked.id RETURNING d.id`;

/** Deliveries that become due when a probe is brought forward: as many as a breaker may need to close. */
const PROBES_AT_MOST = 10;

/** The window of each endpoint: how many of its deliveries are awake, and how many calls it gets at once. */
@Injectable()
export class WindowStore {
  private readonly promotions: MicroBatcher<string, string[]>;
  private readonly strains: MicroBatcher<Strain, boolean>;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {
    const limits = { maxRows: config.batching.maxRows, maxInFlight: 1 };
    this.promotions = new MicroBatcher((ids) => this.promoteAll(ids), limits, { mayRetryRows });
    this.strains = new MicroBatcher((rows) => this.adjustAll(rows), limits, { mayRetryRows });
  }

  /**
   * Moves the endpoint's next due deliveries into its window. @returns ids to wake; each id is returned to
   * one caller only
   */
  async promote(endpointId: string): Promise<string[]> {
    return this.promotions.add(endpointId);
  }

  /** @returns whether the endpoint rests for REST_MS now */
  async adjust(strain: Strain): Promise<boolean> {
    return this.strains.add(strain);
  }

  /**
   * After its breaker opened, an endpoint starts again with one call at a time, unless the breaker has closed
   * again.
   */
  async narrowToOne(appId: string, capability: string): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE endpoints e SET width = 1, narrowed_at = clock_timestamp() FROM circuit_breaker_state b
               WHERE e.app_id = $1 AND e.capability = $2 AND e.width > 1
                 AND b.app_id = e.app_id AND b.capability = e.capability AND b.state = 'open'`,
      },
      [appId, capability],
    );
  }

  /**
   * The breaker closed: deliveries that waited for its probe are due now. @returns the endpoints concerned
   */
  async release(appId: string, capability: string): Promise<string[]> {
    const rows = await this.database.query<{ endpoint_id: string }>(
      {
        text: `WITH due AS (
                 UPDATE deliveries d SET next_attempt_at = now() FROM endpoints e
                 WHERE e.app_id = $1 AND e.capability = $2 AND d.endpoint_id = e.id AND d.status = 'pending'
                   AND d.claim_token IS NULL AND d.wait_reason = 'circuit_open' AND d.next_attempt_at > now()
                 RETURNING d.endpoint_id)
               SELECT id AS endpoint_id FROM endpoints WHERE app_id = $1 AND capability = $2`,
      },
      [appId, capability],
    );
    return rows.map((row) => row.endpoint_id);
  }

  /**
   * The breaker may be probed sooner than its waiting deliveries are due: some of them become due now, the
   * rest when it closes.
   * @returns the endpoints concerned
   */
  async offerProbes(appId: string, capability: string): Promise<string[]> {
    // Index: deliveries_parked_idx.
    const rows = await this.database.query<{ endpoint_id: string }>(
      {
        text: `WITH picked AS (
                 SELECT p.id FROM endpoints e CROSS JOIN LATERAL (
                   SELECT d.id FROM deliveries d
                   WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.enqueued_at IS NULL
                     AND d.next_attempt_at > now() AND d.wait_reason = 'circuit_open' AND d.claim_token IS NULL
                   ORDER BY d.next_attempt_at, d.id LIMIT ${PROBES_AT_MOST} FOR UPDATE SKIP LOCKED) p
                 WHERE e.app_id = $1 AND e.capability = $2
               ), due AS (
                 UPDATE deliveries d SET next_attempt_at = now() FROM picked WHERE d.id = picked.id
               )
               SELECT id AS endpoint_id FROM endpoints WHERE app_id = $1 AND capability = $2`,
      },
      [appId, capability],
    );
    return rows.map((row) => row.endpoint_id);
  }

  private async promoteAll(ids: string[]): Promise<string[][]> {
    const rows = await this.database.query<{ id: string }>({ name: 'promote', text: PROMOTE }, [
      [...new Set(ids)],
      this.config.circuitBreaker.mode === 'enforce',
    ]);
    const promoted = rows.map(({ id }) => id);
    return ids.map((_, index) => (index === 0 ? promoted : []));
  }

  private async adjustAll(rows: Strain[]): Promise<boolean[]> {
    const adjusted = await this.database.query<{ id: string; rests: boolean | null }>(
      { name: 'adjust', text: ADJUST },
      [rows.map((row) => row.endpointId), rows.map((row) => row.trouble), rows.map((row) => row.startedAt)],
    );
    const resting = new Set(adjusted.filter(({ rests }) => rests).map(({ id }) => id));
    return rows.map(({ endpointId }) => resting.has(endpointId));
  }
}
