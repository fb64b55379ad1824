import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

export const SEARCH_KINDS = [
  ...(['app', 'capability', 'subscription', 'source'] as const),
  ...(['delivery', 'event', 'dead_letter', 'alert_rule'] as const),
];
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** Something that was found. */
export interface Finding {
  kind: SearchKind;
  /** Of an app, a delivery, an event, a dead letter or a rule; otherwise the name. */
  id: string;
  /** Null: of no app. */
  appId: string | null;
  /** What people see. */
  title: string;
  /** Its status, type or the like; null: nothing more is known. */
  detail: string | null;
}

/** Ids between two. */
export interface IdRange {
  first: string;
  last: string;
}

/** Of each kind. */
const MOST = 5;

// These tables have a row for each thing that somebody set up.
const BY_NAME: [kind: SearchKind, text: string][] = [
  [
    'app',
    `SELECT id, id AS "appId", name AS title, status AS detail FROM apps
     WHERE starts_with(lower(id), $1) OR strpos(lower(name), $1) > 0 ORDER BY id LIMIT ${MOST}`,
  ],
  [
    'capability',
    `SELECT capability AS id, app_id AS "appId", capability AS title, status AS detail FROM endpoints
     WHERE kind = 'capability' AND status <> 'removed' AND starts_with(lower(capability), $1)
     ORDER BY capability, app_id LIMIT ${MOST}`,
  ],
  [
    'subscription',
    `SELECT name AS id, app_id AS "appId", name AS title, array_to_string(events, ', ') AS detail FROM subscriptions
     WHERE starts_with(lower(name), $1) ORDER BY name, app_id LIMIT ${MOST}`,
  ],
  [
    'source',
    `SELECT name AS id, app_id AS "appId", name AS title, description AS detail FROM sources
     WHERE removed_at IS NULL AND starts_with(lower(name), $1) ORDER BY name, app_id LIMIT ${MOST}`,
  ],
];

const RULES = `
SELECT id, app_id AS "appId", name AS title, type AS detail FROM alert_rules
WHERE strpos(lower(name), $1) > 0 ORDER BY name, id LIMIT ${MOST}`;

// Indexes: deliveries_pkey, events_pkey, webhook_dead_letter_queue_pkey.
const BY_ID: [kind: SearchKind, text: string][] = [
  [
    'delivery',
    `SELECT id, app_id AS "appId", COALESCE(event_type, capability) AS title, status AS detail FROM deliveries
     WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT ${MOST}`,
  ],
  [
    'event',
    `SELECT id, app_id AS "appId", type AS title, NULL AS detail FROM events
     WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT ${MOST}`,
  ],
  [
    'dead_letter',
    `SELECT id, app_id AS "appId", COALESCE(event_type, capability) AS title, reason AS detail
     FROM webhook_dead_letter_queue WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT ${MOST}`,
  ],
];

// Indexes: idempotency_keys_key_idx (of one app idempotency_keys_pkey), deliveries_pkey, deliveries_request_id_idx.
const BY_KEY = `
SELECT d.id, d.app_id AS "appId", COALESCE(d.event_type, d.capability) AS title, d.status AS detail FROM (
  (SELECT delivery_id AS id FROM idempotency_keys WHERE key = $1 LIMIT ${MOST})
  UNION
  (SELECT id FROM deliveries WHERE request_id = $1 LIMIT ${MOST})) k
CROSS JOIN LATERAL (SELECT * FROM deliveries e WHERE e.id = k.id) d
ORDER BY d.id DESC LIMIT ${MOST}`;

/** Reads for an app, under row-level security, or for the platform (`as` null). */
@Injectable()
export class SearchStore {
  constructor(private readonly database: Database) {}

  /** Apps, capabilities, subscriptions and sources, and for the platform alert rules. */
  async byName(text: string, as: string | null): Promise<Finding[]> {
    const wanted = [text.toLowerCase()];
    const found = await Promise.all(BY_NAME.map(([kind, sql]) => this.find(kind, sql, wanted, as)));
    const rules = as === null ? await this.find('alert_rule', RULES, wanted, null) : [];
    return [...found.flat(), ...rules];
  }

  /** Deliveries, events and dead letters. */
  async byId({ first, last }: IdRange, as: string | null): Promise<Finding[]> {
    return (await Promise.all(BY_ID.map(([kind, sql]) => this.find(kind, sql, [first, last], as)))).flat();
  }

  /** Deliveries by their idempotency key or request id. */
  async byKey(key: string, as: string | null): Promise<Finding[]> {
    return this.find('delivery', BY_KEY, [key], as);
  }

  private async find(
    kind: SearchKind,
    text: string,
    values: unknown[],
    as: string | null,
  ): Promise<Finding[]> {
    const rows = await this.database.queryAs<Omit<Finding, 'kind'>>(as, text, values);
    return rows.map((row) => ({ kind, ...row }));
  }
}
