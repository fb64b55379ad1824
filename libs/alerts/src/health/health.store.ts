import { Injectable } from '@nestjs/common';
import { Database, transactionOf, type Transaction } from '@breakwater/platform';
import type { CheckDetails } from './check-details.js';
import type { Health, HealthStatus } from './health.js';

/** An app whose check is due. */
export interface DueApp {
  appId: string;
  appName: string;
  baseUrl: string;
  healthPath: string;
  hasCertificate: boolean;
  health: Health;
  failingSince: Date | null;
  nextCheckAt: Date;
}

/** An app with an open breaker, whose health URL this process is to call now. */
export interface RefusedApp {
  appId: string;
  baseUrl: string;
  healthPath: string;
  hasCertificate: boolean;
}

/** A result that was stored. */
export interface Recorded {
  failingSince: Date | null;
  checkedAt: Date;
}

export interface AppHealth {
  appId: string;
  appName: string;
  appStatus: string;
  /** Whether its manifest allows checks. */
  checked: boolean;
  status: HealthStatus;
  lastCheck: Date | null;
  responseTimeMs: number | null;
  consecutiveFailures: number;
  failingSince: Date | null;
  nextCheckAt: Date | null;
  details: Partial<CheckDetails>;
}

/** The health checks of an app within a UTC day. */
export interface UptimeDay {
  /** Such as 2026-11-28. */
  day: string;
  ok: number;
  failed: number;
}

export interface HealthFilter {
  status?: HealthStatus;
  /** Id of the last app seen. */
  after?: string;
  limit: number;
}

const DROP = `
DELETE FROM app_health_status h
WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = h.app_id AND a.status = 'active' AND a.health)`;

// The place of an app in the interval follows from its id, so that a thousand apps that start together are not called
// together.
const PLACE = (id: string): string =>
  `now() + make_interval(secs => $1::float8 / 1000 * (hashtext(${id})::bigint + 2147483648) / 4294967296)`;

const ENROL = `
INSERT INTO app_health_status (app_id, next_check_at)
SELECT a.id, ${PLACE('a.id')} FROM apps a
WHERE a.status = 'active' AND a.health AND NOT EXISTS (SELECT 1 FROM app_health_status h WHERE h.app_id = a.id)
ON CONFLICT (app_id) DO NOTHING`;

// The interval was made shorter.
const CALL_EARLIER = `
UPDATE app_health_status SET next_check_at = ${PLACE('app_id')}
WHERE next_check_at > now() + make_interval(secs => $1::float8 / 1000)`;

/** Whether an app `a` has a client certificate. Index: client_certificates_pkey. */
const HAS_CERTIFICATE = `EXISTS (SELECT 1 FROM client_certificates k WHERE k.app_id = a.id) AS "hasCertificate"`;

// Index: app_health_status_next_check_at_app_id_idx.
const DUE = `
SELECT h.app_id AS "appId", a.name AS "appName", a.base_url AS "baseUrl", a.health_path AS "healthPath",
  ${HAS_CERTIFICATE}, h.status,
  h.consecutive_failures AS failures, h.failing_since AS "failingSince", h.next_check_at AS "nextCheckAt"
FROM app_health_status h JOIN apps a ON a.id = h.app_id
WHERE a.health AND h.next_check_at <= now() AND (h.next_check_at, h.app_id) > ($1, $2)
ORDER BY h.next_check_at, h.app_id LIMIT 500`;

// Index: app_health_status_pkey. The due time is the fence: of two checks in one turn, one counts. The next check
// keeps the app's place in the interval, however late this one was.
const RECORD = `
WITH recorded AS (
  UPDATE app_health_status SET status = $3, consecutive_failures = $4, response_time_ms = $5, details = $6,
    failing_since = CASE WHEN $4 = 0 THEN NULL ELSE COALESCE(failing_since, now()) END, last_check = now(),
    next_check_at = next_check_at + make_interval(secs => $7::float8 / 1000
      * (floor(extract(epoch FROM now() - next_check_at) / ($7::float8 / 1000)) + 1))
  WHERE app_id = $1 AND next_check_at = $2
  RETURNING app_id, failing_since, last_check
), counted AS (
  INSERT INTO app_health_days AS d (app_id, day, ok, failed)
  SELECT app_id, (last_check AT TIME ZONE 'UTC')::date, ($4 = 0)::integer, ($4 > 0)::integer FROM recorded
  ON CONFLICT (app_id, day) DO UPDATE SET ok = d.ok + EXCLUDED.ok, failed = d.failed + EXCLUDED.failed
)
SELECT failing_since AS "failingSince", last_check AS "checkedAt" FROM recorded`;

// Index: app_health_status_pkey. For each interval, one of all processes gets an app.
const CLAIM_REFUSED = `
UPDATE app_health_status h SET breaker_check_at = now() + make_interval(secs => $1::float8 / 1000)
FROM apps a
WHERE a.id = h.app_id AND h.app_id IN (
  SELECT c.app_id FROM app_health_status c JOIN apps o ON o.id = c.app_id
  WHERE o.status = 'active' AND o.health AND (c.breaker_check_at IS NULL OR c.breaker_check_at <= now())
    AND EXISTS (SELECT 1 FROM circuit_breaker_state b WHERE b.app_id = c.app_id AND b.state = 'open' AND b.retry_at > now()
      AND b.forced_at IS NULL AND b.opened_at <= now() - make_interval(secs => $1::float8 / 1000))
  ORDER BY c.breaker_check_at NULLS FIRST LIMIT $2 FOR UPDATE OF c SKIP LOCKED)
RETURNING h.app_id AS "appId", a.base_url AS "baseUrl", a.health_path AS "healthPath", ${HAS_CERTIFICATE}`;

const VIEW = `
SELECT a.id AS "appId", a.name AS "appName", a.status AS "appStatus", a.health AS checked, COALESCE(h.status, 'unknown') AS status,
  h.last_check AS "lastCheck", h.response_time_ms AS "responseTimeMs",
  COALESCE(h.consecutive_failures, 0) AS "consecutiveFailures", h.failing_since AS "failingSince",
  h.next_check_at AS "nextCheckAt", COALESCE(h.details, '{}') AS details
FROM apps a LEFT JOIN app_health_status h ON h.app_id = a.id AND a.status = 'active' AND a.health`;

// Every UTC day, oldest first, today the last. Index: app_health_days_pkey.
const UPTIME = `
SELECT to_char(s.day, 'YYYY-MM-DD') AS day, COALESCE(d.ok, 0) AS ok, COALESCE(d.failed, 0) AS failed
FROM generate_series(1 - $2::integer, 0) AS n
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date + n AS day) s
LEFT JOIN app_health_days d ON d.app_id = $1 AND d.day = s.day ORDER BY s.day`;

const CHECK_NOW = `
INSERT INTO app_health_status AS h (app_id, next_check_at)
SELECT id, now() FROM apps WHERE id = $1 AND status = 'active' AND health
ON CONFLICT (app_id) DO UPDATE SET next_check_at = LEAST(h.next_check_at, now())
RETURNING app_id`;

/** Before every app's place in the order. */
const START = { nextCheckAt: new Date(0), appId: '' };

@Injectable()
export class HealthStore {
  constructor(private readonly database: Database) {}

  /** Gives each active app with checks a place in the interval, and forgets the others. */
  async enrol(intervalMs: number): Promise<void> {
    await this.database.query({ text: DROP });
    await this.database.query({ text: ENROL }, [intervalMs]);
    await this.database.query({ text: CALL_EARLIER }, [intervalMs]);
  }

  /** Apps whose check is due, each once, the longest waiting first. */
  async *due(): AsyncGenerator<DueApp, void> {
    for (let last = START; ;) {
      const rows = await this.database.query<Omit<DueApp, 'health'> & Health>({ text: DUE }, [
        last.nextCheckAt,
        last.appId,
      ]);
      if (rows.length === 0) return;
      for (const { status, failures, ...app } of rows) yield { ...app, health: { status, failures } };
      last = rows.at(-1)!;
    }
  }

  /** Takes apps with an open breaker whose health URL was not called within `intervalMs`: each in one process only. */
  async claimRefused(intervalMs: number, limit: number): Promise<RefusedApp[]> {
    return this.database.query<RefusedApp>({ text: CLAIM_REFUSED }, [intervalMs, limit]);
  }

  /**
   * Stores the result of a check and does `then`, both or neither; null: there is nothing to do then.
   * @returns whether it was stored: not if another check of this turn was
   */
  async record(
    { appId, nextCheckAt }: Pick<DueApp, 'appId' | 'nextCheckAt'>,
    { status, failures }: Health,
    {
      responseTimeMs,
      details,
      intervalMs,
    }: { responseTimeMs: number; details: CheckDetails; intervalMs: number },
    then: ((transaction: Transaction, row: Recorded) => Promise<unknown>) | null,
  ): Promise<boolean> {
    const values = [appId, nextCheckAt, status, failures, responseTimeMs, details, intervalMs];
    if (then === null) return (await this.database.query({ text: RECORD }, values)).length > 0;
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<Recorded>(RECORD, values);
      if (rows[0]) await then(transactionOf(client), rows[0]);
      return rows.length > 0;
    });
  }

  /** @param days how many, today the last */
  async uptime(appId: string, days: number): Promise<UptimeDay[]> {
    return this.database.query<UptimeDay & Record<string, unknown>>({ text: UPTIME }, [appId, days]);
  }

  /** The next check is due now. @returns false when the app is not checked */
  async checkNow(appId: string): Promise<boolean> {
    return (await this.database.query({ text: CHECK_NOW }, [appId])).length > 0;
  }

  /** Active apps, by id. */
  async list({ status, after = '', limit }: HealthFilter): Promise<AppHealth[]> {
    return this.database.query<AppHealth>(
      {
        text: `${VIEW} WHERE a.status = 'active' AND a.id > $1 AND ($2::text IS NULL OR COALESCE(h.status, 'unknown') = $2)
               ORDER BY a.id LIMIT $3`,
      },
      [after, status ?? null, limit],
    );
  }

  async get(appId: string): Promise<AppHealth | null> {
    const rows = await this.database.query<AppHealth>({ text: `${VIEW} WHERE a.id = $1` }, [appId]);
    return rows[0] ?? null;
  }
}
