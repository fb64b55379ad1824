import { Injectable } from '@nestjs/common';
import { Columns, Database } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import type {
  DayAlert,
  DayAttempt,
  DayDeadLetter,
  DayDelivery,
  DayHealth,
  DayTransition,
  DemoDay,
} from './day/rows.js';

const DELIVERIES = new Columns<DayDelivery>({
  id: ['uuid', (row) => row.id],
  app_id: ['varchar', (row) => row.appId],
  endpoint_id: ['uuid', (row) => row.endpointId],
  capability: ['varchar', (row) => row.capability],
  mode: ['varchar', (row) => row.mode],
  status: ['varchar', (row) => row.status],
  created_at: ['timestamptz', (row) => row.createdAt],
  finished_at: ['timestamptz', (row) => row.finishedAt],
  body: ['text', (row) => row.body],
  attempts: ['integer', (row) => row.attempts.length],
  max_attempts: ['integer', (row) => row.maxAttempts],
  timeout_ms: ['integer', (row) => row.timeoutMs],
  last_attempt_at: ['timestamptz', (row) => row.attempts.at(-1)!.startedAt],
  last_outcome: ['varchar', (row) => row.attempts.at(-1)!.outcome],
  last_error_class: ['varchar', (row) => row.attempts.at(-1)!.errorClass],
  last_error: ['text', (row) => row.attempts.at(-1)!.error],
});

const INSERT_DELIVERIES = `
INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, body_is_text, content_type,
  timeout_ms, status, created_at, finished_at, attempts, attempts_counted, claims, max_attempts, last_attempt_at,
  last_outcome, last_error_class, last_error, fallback_strategy, fallback_reason)
SELECT id, app_id, endpoint_id, capability, 'invocation', mode, 'demo-' || right(id::text, 12),
  convert_to(body, 'UTF8'), true, 'application/json', timeout_ms, status, created_at, finished_at, attempts, attempts,
  attempts, max_attempts, last_attempt_at, last_outcome, last_error_class, last_error,
  CASE WHEN status = 'fallback' THEN 'static' END, CASE WHEN status = 'fallback' THEN last_outcome END
FROM unnest(${DELIVERIES.arrays}) AS g(${DELIVERIES.names})`;

const ATTEMPTS = new Columns<DayAttempt>({
  delivery_id: ['uuid', (row) => row.deliveryId],
  number: ['integer', (row) => row.number],
  started_at: ['timestamptz', (row) => row.startedAt],
  duration_ms: ['integer', (row) => row.durationMs],
  outcome: ['varchar', (row) => row.outcome],
  error_class: ['varchar', (row) => row.errorClass],
  http_status: ['integer', (row) => row.httpStatus],
  error: ['text', (row) => row.error],
  next: ['varchar', (row) => row.next],
  next_at: ['timestamptz', (row) => row.nextAt],
  answer: ['text', (row) => row.answer],
});

// The roll-up counts them like all others: they have the number of this transaction.
const INSERT_ATTEMPTS = `
INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome,
  error_class, http_status, error, next, next_at, response_headers, response_body, request_headers)
SELECT g.delivery_id, g.number, d.app_id, d.endpoint_id, d.capability, g.started_at, g.duration_ms, g.outcome,
  g.error_class, g.http_status, g.error, g.next, g.next_at,
  CASE WHEN g.answer IS NOT NULL THEN '{"content-type": "application/json"}'::jsonb END,
  convert_to(g.answer, 'UTF8'),
  jsonb_build_object('content-type', 'application/json', 'webhook-id', g.delivery_id)
FROM unnest(${ATTEMPTS.arrays}) AS g(${ATTEMPTS.names}) JOIN deliveries d ON d.id = g.delivery_id`;

const DEAD_LETTERS = new Columns<DayDeadLetter>({
  id: ['uuid', (row) => row.id],
  delivery_id: ['uuid', (row) => row.delivery.id],
  reason: ['varchar', (row) => row.reason],
  category: ['varchar', (row) => row.category],
  resolved_at: ['timestamptz', (row) => row.resolvedAt],
  notes: ['text', (row) => row.notes],
});

const INSERT_DEAD_LETTERS = `
INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, error, attempts, delivery_id, endpoint_id,
  category, reason, error_class, failed_at, resolved_at, resolved_by, notes)
SELECT g.id, d.app_id, d.capability, d.body, d.last_error, d.attempts, d.id, d.endpoint_id, g.category, g.reason, d.last_error_class,
  d.finished_at, g.resolved_at, CASE WHEN g.resolved_at IS NOT NULL THEN 'demo' END, g.notes
FROM unnest(${DEAD_LETTERS.arrays}) AS g(${DEAD_LETTERS.names}) JOIN deliveries d ON d.id = g.delivery_id`;

const TRANSITIONS = new Columns<DayTransition>({
  app_id: ['varchar', (row) => row.appId],
  capability: ['varchar', (row) => row.capability],
  generation: ['integer', (row) => row.generation],
  from_state: ['varchar', (row) => row.from],
  to_state: ['varchar', (row) => row.to],
  cause: ['varchar', (row) => row.cause],
  at: ['timestamptz', (row) => row.at],
  failure_count: ['integer', (row) => row.failures],
  failing_since: ['timestamptz', (row) => row.failingSince],
  last_reason: ['text', (row) => row.reason],
});

// People are not notified of a demo.
const INSERT_TRANSITIONS = `
INSERT INTO circuit_breaker_transitions (app_id, capability, generation, from_state, to_state, cause, at,
  failure_count, failing_since, last_reason, notified_at)
SELECT app_id, capability, generation, from_state, to_state, cause, at, failure_count, failing_since, last_reason, at
FROM unnest(${TRANSITIONS.arrays}) AS g(${TRANSITIONS.names}) ORDER BY generation`;

const INSERT_BREAKERS = `
INSERT INTO circuit_breaker_state (app_id, capability, state, failure_count, success_count, generation, version,
  last_failure_at, last_reason, updated_at)
SELECT DISTINCT ON (app_id, capability) app_id, capability, to_state, 0, 0, generation, generation,
  (SELECT max(t.started_at) FROM attempts t WHERE t.app_id = g.app_id AND t.capability = g.capability
    AND t.outcome <> 'delivered' AND t.started_at < g.at), last_reason, at
FROM unnest(${TRANSITIONS.arrays}) AS g(${TRANSITIONS.names})
ORDER BY app_id, capability, generation DESC`;

const ALERTS = new Columns<DayAlert>({
  id: ['uuid', (row) => row.id],
  type: ['varchar', (row) => row.type],
  app_id: ['varchar', (row) => row.appId],
  capability: ['varchar', (row) => row.capability],
  fired_at: ['timestamptz', (row) => row.firedAt],
  resolved_at: ['timestamptz', (row) => row.resolvedAt],
  value_at_firing: ['float8', (row) => row.valueAtFiring],
  worst_value: ['float8', (row) => row.worstValue],
  last_value: ['float8', (row) => row.lastValue],
  samples: ['integer', (row) => row.samples],
});

// Of the rules that the migrations made; where a person has deleted one, there is no alert of it. With a time of
// notification nobody reads that one was suppressed.
const INSERT_ALERTS = `
INSERT INTO alerts (id, rule_id, rule_name, type, app_id, capability, threshold, window_ms, value_at_firing,
  worst_value, last_value, samples, status, fired_at, notified_at, resolved_at, resolved_reason,
  evaluated_at)
SELECT g.id, r.id, r.name, r.type, g.app_id, g.capability, r.threshold, r.window_ms, g.value_at_firing, g.worst_value,
  g.last_value, g.samples, 'resolved', g.fired_at, g.fired_at, g.resolved_at, 'recovered',
  g.resolved_at
FROM unnest(${ALERTS.arrays}) AS g(${ALERTS.names})
JOIN alert_rules r ON r.type = g.type AND r.created_by = 'system' AND r.app_id IS NULL`;

const HEALTH = new Columns<DayHealth>({
  app_id: ['varchar', (row) => row.appId],
  day: ['date', (row) => row.date],
  ok: ['integer', (row) => row.ok],
  failed: ['integer', (row) => row.failed],
});

// A check of today may have been counted already.
const INSERT_HEALTH = `
INSERT INTO app_health_days AS d (app_id, day, ok, failed)
SELECT * FROM unnest(${HEALTH.arrays}) AS g(${HEALTH.names})
ON CONFLICT (app_id, day) DO UPDATE SET ok = d.ok + EXCLUDED.ok, failed = d.failed + EXCLUDED.failed`;

const ENDPOINTS = `
SELECT e.app_id || ' ' || e.capability AS place, e.id FROM endpoints e WHERE e.app_id = ANY($1)`;
const MARK = 'UPDATE apps SET demo = true, created_at = $2 WHERE id = ANY($1)';
const MARK_ONE = 'UPDATE apps SET demo = true WHERE id = $1';
const AGE_MANIFESTS = 'UPDATE manifest_versions SET created_at = $2 WHERE app_id = ANY($1)';
const AGE_ENDPOINTS = 'UPDATE endpoints SET enabled_at = $2 WHERE app_id = ANY($1)';
/** Dead letters until now were reported. */
const REPORTED = `
INSERT INTO failure_notices (app_id, capability, told_until, next_at)
SELECT DISTINCT app_id, capability, now(), now() FROM endpoints WHERE app_id = ANY($1)
ON CONFLICT (app_id, capability) DO NOTHING`;

/** Stores a day of history. Every row belongs to an app that gets the mark in the same transaction. */
@Injectable()
export class DemoDayStore {
  constructor(private readonly database: Database) {}

  async now(): Promise<Date> {
    return (await this.database.query<{ now: Date }>({ text: 'SELECT now() AS now' }))[0]!.now;
  }

  /** Endpoint ids by `app capability`. */
  async endpoints(appIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ place: string; id: string }>({ text: ENDPOINTS }, [appIds]);
    return new Map(rows.map(({ place, id }) => [place, id]));
  }

  /** Marks one more app as part of the demo. */
  async mark(appId: string): Promise<void> {
    await this.database.query({ text: MARK_ONE }, [appId]);
  }

  async store(appIds: readonly string[], day: DemoDay): Promise<void> {
    await this.database.transaction(async (client) => {
      // Yesterday may lie in a week of its own.
      await client.query('SELECT make_partitions($1)', [day.since]);
      for (const text of [MARK, AGE_MANIFESTS, AGE_ENDPOINTS]) await client.query(text, [appIds, day.since]);
      await client.query(INSERT_DELIVERIES, DELIVERIES.values(day.deliveries));
      await client.query(
        INSERT_ATTEMPTS,
        ATTEMPTS.values(day.deliveries.flatMap(({ attempts }) => attempts)),
      );
      await storeTrouble(client, day);
      await client.query(INSERT_HEALTH, HEALTH.values(day.health));
      await client.query(REPORTED, [appIds]);
    });
  }
}

async function storeTrouble(
  client: PoolClient,
  { deadLetters, transitions, alerts }: DemoDay,
): Promise<void> {
  await client.query(INSERT_DEAD_LETTERS, DEAD_LETTERS.values(deadLetters));
  await client.query(INSERT_TRANSITIONS, TRANSITIONS.values(transitions));
  await client.query(INSERT_BREAKERS, TRANSITIONS.values(transitions));
  await client.query(INSERT_ALERTS, ALERTS.values(alerts));
}
