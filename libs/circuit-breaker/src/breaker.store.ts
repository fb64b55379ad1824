import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { Circuit, CircuitState } from './circuit.js';
import type { ExceededRate } from './rates.js';

export interface BreakerKey {
  appId: string;
  capability: string;
}

/** A breaker's name in memory. */
export function nameOf({ appId, capability }: BreakerKey): string {
  return `${appId} ${capability}`;
}

/** A breaker's row. Times are relative, ms from now by the database's clock, so that no two clocks are compared. */
export interface BreakerRow extends BreakerKey {
  state: CircuitState;
  failureCount: number;
  successCount: number;
  generation: number;
  version: number;
  retryInMs: number | null;
  probeInMs: number | null;
  /** Whether a person forced the state: it stays until it is automatic again. */
  forced: boolean;
}

/** A person and why. */
export interface ForcedBy {
  actor: string;
  reason: string;
}

export interface Change {
  next: Circuit;
  /** Time until the probe of an open circuit, ms from now. */
  retryInMs: number | null;
  changed: boolean;
  /**
   * Whether other processes are notified at once: of a change of state, of a free probe, of the last failure before it
   * opens.
   */
  told: boolean;
  cause:
    | 'failures'
    | ExceededRate
    | 'probe_failed'
    | 'probes_succeeded'
    | 'reset'
    | 'forced_open'
    | 'forced_closed'
    | 'automatic'
    | null;
  failureCount: number;
  failed: boolean;
  reason: string | null;
  actor: string | null;
  /** Set where a person forces the state. */
  forced: ForcedBy | null;
  /** What the person says about it, for the history. */
  note: string | null;
}

export interface ProbeClaim {
  key: BreakerKey;
  token: string;
  leaseMs: number;
  /** Name of this process, for people. */
  holder: string | null;
}

const columns = `c.app_id AS "appId", c.capability, c.state, c.failure_count AS "failureCount",
  c.success_count AS "successCount", c.generation, c.version,
  CASE WHEN c.forced_at IS NULL THEN extract(epoch FROM c.retry_at - clock_timestamp())::float8 * 1000 END AS "retryInMs",
  extract(epoch FROM c.probe_until - clock_timestamp())::float8 * 1000 AS "probeInMs",
  c.forced_at IS NOT NULL AS forced`;

/** Channel for changes that other processes must know at once; the payload is `app capability`. */
export const BREAKER_CHANNEL = 'breaker';

// Index: circuit_breaker_state_pkey. Writes only if the row still has the version that the change was computed from,
// or the probe that the result belongs to. A breaker that is forced open has no time of a probe: it is infinite.
const SAVE = `
WITH prior AS (
  SELECT failing_since FROM circuit_breaker_state WHERE app_id = $1::text AND capability = $2::text
), saved AS (
  INSERT INTO circuit_breaker_state AS c
    (app_id, capability, state, failure_count, success_count, generation, version, retry_at, opened_at,
     last_failure_at, failing_since, last_reason, updated_at, forced_at, forced_by, forced_reason)
  SELECT $1::text, $2::text, $3::text, $4::integer, $5::integer, $6::integer, 1,
    CASE WHEN $3::text = 'open' AND $18::text IS NOT NULL THEN 'infinity'
      ELSE now() + make_interval(secs => $7::float8 / 1000) END,
    CASE WHEN $3::text = 'open' THEN now() END, CASE WHEN $8::boolean THEN now() END, CASE WHEN $8::boolean THEN now() END, $9::text, now(), CASE WHEN $18::text IS NOT NULL THEN now() END, $18::text, $19::text
  -- A row that was known and is gone was removed with its app.
  WHERE $11::integer = 0 OR EXISTS (SELECT 1 FROM prior)
  ON CONFLICT (app_id, capability) DO UPDATE SET
    state = EXCLUDED.state, failure_count = EXCLUDED.failure_count, success_count = EXCLUDED.success_count,
    generation = EXCLUDED.generation, version = c.version + 1, retry_at = EXCLUDED.retry_at,
    probe_token = NULL, probe_until = NULL, probe_holder = NULL, hastened = false,
    forced_at = EXCLUDED.forced_at, forced_by = EXCLUDED.forced_by, forced_reason = EXCLUDED.forced_reason,
    opened_at = CASE WHEN $3::text = 'open' AND c.forced_at IS NOT NULL THEN COALESCE(c.opened_at, now()) WHEN $3::text = 'open' THEN now() WHEN $3::text = 'closed' THEN NULL ELSE c.opened_at END,
    last_failure_at = CASE WHEN $8::boolean THEN now() ELSE c.last_failure_at END,
    failing_since = CASE WHEN $8::boolean THEN COALESCE(c.failing_since, now()) WHEN $3::text = 'closed' THEN NULL
      ELSE c.failing_since END,
    last_reason = COALESCE($9::text, c.last_reason), updated_at = now()
  WHERE CASE WHEN $10::uuid IS NULL THEN c.version = $11::integer ELSE c.probe_token = $10::uuid END
  RETURNING c.*
), history AS (
  INSERT INTO circuit_breaker_transitions
    (app_id, capability, generation, from_state, to_state, cause, actor, failure_count, failing_since, last_reason, note)
  SELECT app_id, capability, generation, $13::text, state, $14::text, $15::text, $16::integer,
    -- Closing clears failing_since of the row; the transition keeps the old value.
    COALESCE((SELECT failing_since FROM prior), failing_since), last_reason, $20::text
  FROM saved WHERE $12::boolean
), pushed AS (
  SELECT pg_notify('${BREAKER_CHANNEL}', app_id || ' ' || capability) FROM saved WHERE $17::boolean
)
SELECT ${columns}, (SELECT count(*) FROM pushed) AS pushed FROM saved c`;

// Index: circuit_breaker_state_pkey. One conditional UPDATE on database time: of all processes that try, one gets the
// lease.
const CLAIM_PROBE = `
WITH before AS (
  SELECT app_id, capability, state, failure_count, failing_since, hastened FROM circuit_breaker_state
  WHERE app_id = $1 AND capability = $2 FOR UPDATE
), c AS (
  UPDATE circuit_breaker_state c SET state = 'half_open',
    generation = c.generation + (before.state = 'open')::integer,
    success_count = CASE WHEN before.state = 'open' THEN 0 ELSE c.success_count END,
    probe_token = $3, probe_until = clock_timestamp() + make_interval(secs => $4::float8 / 1000),
    probe_holder = $5, hastened = false, version = c.version + 1, updated_at = now()
  FROM before
  WHERE c.app_id = before.app_id AND c.capability = before.capability
    AND ((c.state = 'open' AND c.retry_at <= clock_timestamp())
      OR (c.state = 'half_open' AND (c.probe_until IS NULL OR c.probe_until <= clock_timestamp())))
  RETURNING c.*
), history AS (
  INSERT INTO circuit_breaker_transitions
    (app_id, capability, generation, from_state, to_state, cause, failure_count, failing_since, last_reason)
  SELECT c.app_id, c.capability, c.generation, 'open', 'half_open',
    CASE WHEN before.hastened THEN 'health_check' ELSE 'probe_due' END, c.failure_count, c.failing_since,
    c.last_reason
  FROM c JOIN before USING (app_id, capability) WHERE before.state = 'open'
), pushed AS (
  SELECT pg_notify('${BREAKER_CHANNEL}', c.app_id || ' ' || c.capability) FROM c
)
SELECT ${columns}, (SELECT count(*) FROM pushed) AS pushed FROM c`;

// Index: circuit_breaker_state_pkey.
const RELEASE_PROBE = `
WITH c AS (
  UPDATE circuit_breaker_state SET probe_token = NULL, probe_until = NULL, probe_holder = NULL, version = version + 1, updated_at = now()
  WHERE app_id = $1 AND capability = $2 AND probe_token = $3
  RETURNING app_id, capability
)
SELECT pg_notify('${BREAKER_CHANNEL}', c.app_id || ' ' || c.capability) FROM c`;

// Indexes: circuit_breaker_state_pkey, circuit_breaker_transitions_key_idx. The state and its generation do not
// change. A webhook may fail although its app reports that it is healthy: each failed probe doubles the time until the
// next early probe, counted from the outage's first opening.
const PROBE_SOON = `
WITH c AS (
  UPDATE circuit_breaker_state b SET retry_at = clock_timestamp(), hastened = true, version = version + 1, updated_at = now()
  WHERE app_id = $1 AND state = 'open' AND retry_at > clock_timestamp() AND forced_at IS NULL
    AND (clock_timestamp() - opened_at >= opened_at - (
      SELECT t.at FROM circuit_breaker_transitions t
      WHERE t.app_id = b.app_id AND t.capability = b.capability AND t.from_state = 'closed'
      ORDER BY t.id DESC LIMIT 1)) IS NOT FALSE
  RETURNING *
), pushed AS (
  SELECT pg_notify('${BREAKER_CHANNEL}', c.app_id || ' ' || c.capability) FROM c
)
SELECT ${columns}, (SELECT count(*) FROM pushed) AS pushed FROM c`;

/** Longest time for one statement about a breaker: later calls queue behind it. */
const IN_TIME = { withinMs: 2_000 };

@Injectable()
export class BreakerStore {
  constructor(private readonly database: Database) {}

  async find({ appId, capability }: BreakerKey): Promise<BreakerRow | null> {
    const rows = await this.database.query<BreakerRow>(
      {
        name: 'breaker_find',
        text: `SELECT ${columns} FROM circuit_breaker_state c WHERE c.app_id = $1 AND c.capability = $2`,
      },
      [appId, capability],
      IN_TIME,
    );
    return rows[0] ?? null;
  }

  /** Rows written within the last `sinceMs`; null reads all. Only a breaker that ever had a failure has a row. */
  async changed(sinceMs: number | null): Promise<BreakerRow[]> {
    return sinceMs === null
      ? this.database.query<BreakerRow>({
          text: `SELECT ${columns} FROM circuit_breaker_state c`,
        })
      : this.database.query<BreakerRow>(
          {
            name: 'breaker_changed',
            // Index: circuit_breaker_state_updated_at_idx
            text: `SELECT ${columns} FROM circuit_breaker_state c
                   WHERE c.updated_at > now() - make_interval(secs => $1::float8 / 1000)`,
          },
          [sinceMs],
          IN_TIME,
        );
  }

  /**
   * Writes a change if the row is still the one it was computed from.
   * @returns the new row, or null when another process wrote in between (or the probe is no longer ours)
   */
  async save(
    key: BreakerKey,
    from: BreakerRow | null,
    change: Change,
    probeToken: string | null,
  ): Promise<BreakerRow | null> {
    const { next } = change;
    const rows = await this.database.query<BreakerRow>(
      { name: 'breaker_save', text: SAVE },
      [
        key.appId,
        key.capability,
        next.state,
        next.state === 'closed' ? next.failures : change.failureCount,
        next.state === 'half_open' ? next.successes : 0,
        (from?.generation ?? 0) + (change.changed ? 1 : 0),
        change.retryInMs,
        change.failed,
        change.reason,
        probeToken,
        from?.version ?? 0,
        change.changed,
        from?.state ?? 'closed',
        change.cause,
        change.actor,
        change.failureCount,
        change.told,
        change.forced?.actor ?? null,
        change.forced?.reason ?? null,
        change.note,
      ],
      IN_TIME,
    );
    return rows[0] ?? null;
  }

  /** Releases a probe without a result, so that the next call of any process may probe at once. */
  async releaseProbe(key: BreakerKey, token: string): Promise<void> {
    await this.database.query(
      { name: 'breaker_release_probe', text: RELEASE_PROBE },
      [key.appId, key.capability, token],
      IN_TIME,
    );
  }

  /** Claims the single probe of a circuit that is due for one; null when it is not due, or already claimed. */
  async claimProbe({ key, token, leaseMs, holder }: ProbeClaim): Promise<BreakerRow | null> {
    const rows = await this.database.query<BreakerRow>(
      { name: 'breaker_claim_probe', text: CLAIM_PROBE },
      [key.appId, key.capability, token, leaseMs, holder],
      IN_TIME,
    );
    return rows[0] ?? null;
  }

  /** Makes the open circuits of an app due for a probe now. @returns those whose probe was brought forward */
  async probeSoon(appId: string): Promise<BreakerRow[]> {
    return this.database.query<BreakerRow>({ text: PROBE_SOON }, [appId]);
  }
}
