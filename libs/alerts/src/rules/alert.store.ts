import { Injectable } from '@nestjs/common';
import { clientOf, Database, transactionOf, type Transaction } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import { type AlertRule, type Subject } from './alert-rule.js';
import type { ResolvedReason } from './next-case.js';

/** A case that is not over. */
export interface OpenCase extends Subject {
  id: string;
  valueAtFiring: number;
  worstValue: number;
  firedAt: Date;
  notifiedAt: Date | null;
}

/** The state of a rule, locked while it is decided. */
export interface RuleState {
  rule: AlertRule;
  now: Date;
  open: OpenCase[];
  /** When people were last notified of each subject, as far back as the cooldown reaches. */
  lastNotified: (Subject & { at: Date })[];
}

const RULE = `
SELECT id, name, type, app_id AS "appId", capability, threshold, window_ms AS "windowMs", min_samples AS "minSamples",
  cooldown_seconds AS "cooldownSeconds", channels, enabled, muted_until AS "mutedUntil", now() AS now
FROM alert_rules`;

// Index: alerts_firing_idx.
const OPEN = `
SELECT id, app_id AS "appId", capability, value_at_firing AS "valueAtFiring", worst_value AS "worstValue",
  fired_at AS "firedAt", notified_at AS "notifiedAt"
FROM alerts WHERE rule_id = $1 AND status = 'firing' ORDER BY fired_at, id`;

// Index: alerts_notified_idx.
const LAST_NOTIFIED = `
SELECT app_id AS "appId", capability, max(notified_at) AS at FROM alerts
WHERE rule_id = $1 AND notified_at > now() - make_interval(secs => $2) GROUP BY 1, 2`;

const INSERT = `
INSERT INTO alerts (id, rule_id, rule_name, type, app_id, capability, threshold, window_ms, value_at_firing,
  worst_value, last_value, samples, fired_at, evaluated_at, notified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9, $10, now(), now(), CASE WHEN $11 THEN now() END)`;

const KEEP = `
UPDATE alerts SET worst_value = $2, last_value = $3, samples = $4, evaluated_at = now(),
  notified_at = CASE WHEN $5 THEN now() ELSE notified_at END
WHERE id = $1 AND status = 'firing'`;

const RESOLVE = `
UPDATE alerts SET status = 'resolved', resolved_at = now(), resolved_reason = $2, evaluated_at = now(),
  last_value = COALESCE($3, last_value), samples = COALESCE($4, samples)
WHERE id = $1 AND status = 'firing'`;

const RESOLVE_ORPHANS = `
UPDATE alerts a SET status = 'resolved', resolved_at = now(), resolved_reason = 'rule_off', evaluated_at = now()
WHERE status = 'firing' AND NOT EXISTS (SELECT 1 FROM alert_rules r WHERE r.id = a.rule_id AND r.enabled)`;

type RuleRow = AlertRule & { now: Date };

@Injectable()
export class AlertStore {
  constructor(private readonly database: Database) {}

  async rules(): Promise<AlertRule[]> {
    return this.database.query<RuleRow>({ text: `${RULE} WHERE enabled ORDER BY id` });
  }

  /** The state of a rule now, to read only. Null when it is gone. */
  async look(ruleId: string): Promise<RuleState | null> {
    return this.database.transaction(async (client) => stateOf(client, ruleId, ''));
  }

  /**
   * Locks a rule, decides it and stores the decision: meanwhile no other process decides, changes or deletes it. Does
   * nothing for a rule that is gone or off.
   */
  async decide(
    ruleId: string,
    work: (state: RuleState, transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (client) => {
      const state = await stateOf(client, ruleId, 'FOR UPDATE');
      if (state?.rule.enabled) await work(state, transactionOf(client));
    });
  }

  async open(
    transaction: Transaction,
    id: string,
    rule: AlertRule,
    { appId, capability }: Subject,
    { value, samples, notify }: { value: number; samples: number | null; notify: boolean },
  ): Promise<void> {
    const { name, type, threshold, windowMs } = rule;
    await clientOf(transaction).query(INSERT, [
      id,
      rule.id,
      name,
      type,
      appId,
      capability,
      threshold,
      windowMs,
      value,
      samples,
      notify,
    ]);
  }

  async keep(
    transaction: Transaction,
    id: string,
    {
      worst,
      value,
      samples,
      notify,
    }: { worst: number; value: number; samples: number | null; notify: boolean },
  ): Promise<void> {
    await clientOf(transaction).query(KEEP, [id, worst, value, samples, notify]);
  }

  async resolve(
    transaction: Transaction,
    id: string,
    { reason, value, samples }: { reason: ResolvedReason; value: number | null; samples: number | null },
  ): Promise<void> {
    await clientOf(transaction).query(RESOLVE, [id, reason, value, samples]);
  }

  /** Ends the cases of rules that are gone or off. @returns how many */
  async resolveOrphans(): Promise<number> {
    return (await this.database.pool.query(RESOLVE_ORPHANS)).rowCount ?? 0;
  }
}

async function stateOf(
  client: PoolClient,
  ruleId: string,
  lock: '' | 'FOR UPDATE',
): Promise<RuleState | null> {
  const [row] = (await client.query<RuleRow>(`${RULE} WHERE id = $1 ${lock}`, [ruleId])).rows;
  if (!row) return null;
  const { now, ...rule } = row;
  const open = (await client.query<OpenCase>(OPEN, [ruleId])).rows;
  const lastNotified = (
    await client.query<Subject & { at: Date }>(LAST_NOTIFIED, [ruleId, rule.cooldownSeconds])
  ).rows;
  return { rule, now, open, lastNotified };
}
