import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { ReceivedCall } from '@breakwater/testing/receiver.js';
import type { Facts, LedgerLine, MetricFacts, ProbeFacts } from './invariants.js';

/** Of apps whose manifest names none. */
const HEALTH_PATH = '/health';
/** Attempts that the plan `soon` of the rig allows, the first included. */
export const MAX_ATTEMPTS = 3;

/** The metrics as each API reports them, beside the rows themselves. One statement, because calls may continue. */
const METRICS = `
WITH tail AS (
  SELECT count(*) AS calls, count(*) FILTER (WHERE outcome = 'delivered') AS successes,
    count(*) FILTER (WHERE outcome = 'timeout') AS timeouts
  FROM attempts WHERE recorded_in >= (SELECT cursor FROM metric_rollup_state)
), sums AS (
  SELECT 'hours of apps' AS of, calls, successes, timeouts FROM metric_hours WHERE capability = '' AND app_id <> ''
  UNION ALL SELECT 'hours of capabilities', calls, successes, timeouts FROM metric_hours WHERE capability <> ''
  UNION ALL SELECT 'minutes of apps', calls, successes, timeouts FROM metric_minutes WHERE capability = '' AND app_id <> ''
  UNION ALL SELECT 'minutes of capabilities', calls, successes, timeouts FROM metric_minutes WHERE capability <> ''
)
SELECT 'attempts' AS of, count(*)::int AS calls, (count(*) FILTER (WHERE outcome = 'delivered'))::int AS successes,
  (count(*) FILTER (WHERE outcome = 'timeout'))::int AS timeouts FROM attempts
UNION ALL
SELECT s.of, (sum(s.calls) + t.calls)::int, (sum(s.successes) + t.successes)::int, (sum(s.timeouts) + t.timeouts)::int
FROM sums s, tail t GROUP BY s.of, t.calls, t.successes, t.timeouts`;

/** A change of a breaker, as its row says. */
export interface Transition {
  breaker: string;
  generation: number;
  from: string;
  to: string;
  at: Date;
}

/** What a rig knows beside the database. */
export interface Witness {
  rows: <Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]) => Promise<Row[]>;
  /** Digest of each accepted body, by delivery. */
  accepted: ReadonlyMap<string, string>;
  /** All that the receiver got. */
  calls: readonly ReceivedCall[];
  /** Paths of sync capabilities: they are recorded after their answers, and a dying api may lose those records. */
  syncPaths: ReadonlySet<string>;
  /** The notification and the recipient of each mail that arrived. */
  receivedMails: ReadonlySet<string>;
  mailRecipients: Facts['mailRecipients'];
  probesOf: (transitions: readonly Transition[]) => ProbeFacts[];
  statistics: Facts['statistics'];
}

/** What the invariants are checked on: the rows and what the receiver saw. */
export async function factsOf(witness: Witness): Promise<Facts> {
  const { rows } = witness;
  const deliveries = await rows<Facts['deliveries'][number]>(
    `SELECT d.id, d.status, d.attempts, d.attempts_counted AS "attemptsCounted", d.redeliveries,
       COALESCE((e.retry ->> 'maxAttempts')::int, ${MAX_ATTEMPTS}) AS "maxAttempts"
     FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id WHERE d.mode = 'async'`,
  );
  const letters = await rows<{ id: string; reason: string }>(
    'SELECT delivery_id AS id, reason FROM webhook_dead_letter_queue WHERE resolved_at IS NULL',
  );
  const transitions = await rows<Transition>(
    `SELECT app_id || ' ' || capability AS breaker, generation, from_state AS "from", to_state AS "to", at
     FROM circuit_breaker_transitions`,
  );
  const mails = await rows<{ id: string; key: string; recipient: string }>(
    `SELECT id, app_id || ' ' || capability || ' ' || (data ->> 'generation') AS key, recipient FROM notifications
     WHERE channel = 'email'`,
  );
  return {
    accepted: witness.accepted,
    deliveries,
    attempts: await rows<Facts['attempts'][number]>(
      `SELECT delivery_id AS "deliveryId", number, outcome, http_status AS "httpStatus", next,
         extract(epoch FROM started_at)::float8 * 1000 AS "startedAtMs", COALESCE(duration_ms, 0) AS "durationMs" FROM attempts a
       WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.id = a.delivery_id AND d.mode = 'sync')`,
    ),
    // A health check is no attempt; the first of an app may come at any time of the day.
    ledger: witness.calls
      .filter(({ path }) => path !== HEALTH_PATH && !witness.syncPaths.has(path))
      .map(lineOf),
    transitions: transitions.map(({ breaker, generation, from, to }) => {
      const about = mails.filter(({ key }) => key === `${breaker} ${generation}`);
      const received = about.filter(({ id, recipient }) => witness.receivedMails.has(`${id} ${recipient}`));
      return {
        breaker,
        generation,
        from,
        to,
        mailsStored: about.map(({ recipient }) => recipient),
        mailsReceived: received.map(({ recipient }) => recipient),
      };
    }),
    probes: witness.probesOf(transitions),
    deadLetters: new Map(letters.map(({ id, reason }) => [id, reason])),
    mailRecipients: witness.mailRecipients,
    statistics: witness.statistics,
    metrics: await rows<MetricFacts>(METRICS),
  };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function lineOf(call: ReceivedCall): LedgerLine {
  return {
    webhookId: String(call.headers['webhook-id']),
    attempt: Number(call.headers['x-retry-attempt']),
    bodyDigest: createHash('sha256').update(call.body).digest('hex'),
    timestamp: Number(call.headers['webhook-timestamp']),
    receivedAt: (performance.timeOrigin + call.atMs) / 1000,
    answered: call.answered ?? null,
  };
}
