import type { World } from './world.js';

/** A change of a breaker, as stored in `circuit_breaker_transitions`. */
export interface Change {
  app: string;
  from?: string;
  to?: string;
  generation?: number;
  capability?: string;
  cause?: string;
  actor?: string;
  minutesAgo?: number;
}

export async function addApp(
  { database }: World,
  id: string,
  options: { name?: string; owner?: string } = {},
): Promise<void> {
  await database.pool.query(
    `INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ($1, $2, $3, 'http://x', 1)`,
    [id, options.name ?? `App ${id}`, options.owner ?? `owner@${id}.example`],
  );
}

export async function addCapability({ database }: World, appId: string, capability: string): Promise<void> {
  await database.pool.query(
    `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
     VALUES (gen_random_uuid(), $1, 'capability', $2, 'http://x', false)`,
    [appId, capability],
  );
}

export async function addChange({ database }: World, change: Change): Promise<void> {
  const {
    app,
    capability = 'quiz_answer',
    generation = 1,
    from = 'closed',
    to = 'open',
    cause = 'failures',
  } = change;
  await database.pool.query(
    `INSERT INTO circuit_breaker_transitions (app_id, capability, generation, from_state, to_state, cause, actor,
       failure_count, failing_since, last_reason, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 5, now() - interval '2 hours', 'http 500', now() - make_interval(mins => $8))`,
    [app, capability, generation, from, to, cause, change.actor ?? null, change.minutesAgo ?? 0],
  );
}

/** The notifications in the outbox. */
export async function notificationsIn(
  { database }: World,
  where = 'true',
): Promise<Record<string, unknown>[]> {
  const { rows } = await database.pool.query(`SELECT * FROM notifications WHERE ${where} ORDER BY id`);
  return rows as Record<string, unknown>[];
}

/** Makes every waiting notification due, so that tests wait for no clock. */
export async function makeNotificationsDue({ database }: World): Promise<void> {
  await database.pool.query(`UPDATE notifications SET next_attempt_at = now() WHERE status = 'pending'`);
}

/** Removes the rows of the previous test; apps stay. */
export async function clearTables({ database }: World): Promise<void> {
  for (const table of [
    'notifications',
    'circuit_breaker_transitions',
    'webhook_dead_letter_queue',
    'idempotency_keys',
    'breaker_notices',
    'periodic_runs',
    'failure_notices',
  ]) {
    await database.pool.query(`DELETE FROM ${table}`);
  }
}
