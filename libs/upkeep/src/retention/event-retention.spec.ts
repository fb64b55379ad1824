import { newId, PeriodicRuns } from '@breakwater/platform';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Retention, type MaintenanceReport } from './retention.service.js';
import { RetentionStore } from './retention.store.js';

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

describe('retention of events', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  beforeEach(async () => {
    for (const table of [
      'webhook_dead_letter_queue',
      'deliveries',
      'events',
      'captures',
      'event_keys',
      'subscription_versions',
    ])
      await world.rows(`DELETE FROM ${table}`);
    await world.rows('SELECT make_partitions($1)', daysAgo(60));
  });
  afterAll(() => world.stop());

  async function maintain(env: Record<string, string> = {}): Promise<MaintenanceReport> {
    const { database } = world;
    const retention = new Retention(
      new RetentionStore(database),
      new PeriodicRuns(database),
      world.config(env),
    );
    return (await retention.run())!;
  }
  const keptOf = ({ partitionsDropped }: MaintenanceReport): number =>
    partitionsDropped.reduce((sum, { name, kept }) => sum + (name.startsWith('events') ? kept : 0), 0);

  /** A fanned-out event, unless it says otherwise. */
  async function event(days: number, isFannedOut = true): Promise<string> {
    const [row] = await world.rows<{ id: string }>(
      `INSERT INTO events (id, type, body, content_type, request_id, created_at, fan_out_at, directory_version)
       SELECT overlay(uuid_floor(at)::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, 'a.b', '{"n":1}',
         'application/json', 'r', at, CASE WHEN NOT $2 THEN at END, CASE WHEN $2 THEN 1 END
       FROM (SELECT now() - make_interval(days => $1) AS at) made RETURNING id`,
      days,
      isFannedOut,
    );
    return row!.id;
  }
  async function delivery(eventId: string, status: string): Promise<string> {
    const id = newId();
    await world.rows(
      `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
         status, event_id, next_attempt_at, finished_at)
       VALUES ($1, 'shop', $1, 'endpoint:x', 'event', 'async', 'r', '', 't', 1000, $2::varchar, $3,
         CASE WHEN $2::varchar = 'pending' THEN now() END, CASE WHEN $2::varchar <> 'pending' THEN now() END)`,
      id,
      status,
      eventId,
    );
    return id;
  }
  const deadLetter = (deliveryId: string, eventId: string): Promise<unknown> =>
    world.rows(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id,
         category, reason, event_id) VALUES ($1, 'shop', 'endpoint:x', '', 1, $1, $1, 'RETRYABLE', 'exhausted', $2)`,
      deliveryId,
      eventId,
    );
  const events = async (): Promise<string[]> =>
    (await world.rows<{ id: string }>('SELECT id FROM events ORDER BY id')).map(({ id }) => id);

  it('drops old weeks, but no event that a delivery, a dead letter or the fan-out still needs', async () => {
    const done = await event(50);
    await delivery(done, 'completed');
    const waiting = await event(50);
    await delivery(waiting, 'completed');
    const pending = await delivery(waiting, 'pending');
    const dead = await event(50);
    await deadLetter(await delivery(dead, 'dead_letter'), dead);
    const unfinished = await event(50, false);
    const young = await event(20);
    const needed = [waiting, dead, unfinished];
    expect(keptOf(await maintain())).toBe(3);
    expect(await events()).toEqual([...needed.toSorted(), young]);
    expect((await maintain()).removed.leftOverEvents).toBe(0);

    await world.rows(
      `UPDATE deliveries SET status = 'completed', next_attempt_at = NULL, finished_at = now() WHERE id = $1`,
      pending,
    );
    await world.rows(`UPDATE webhook_dead_letter_queue SET resolved_at = now(), resolved_by = 'ops'`);
    await world.rows(`UPDATE events SET fan_out_at = NULL, directory_version = 1 WHERE id = $1`, unfinished);
    expect((await maintain()).removed.leftOverEvents).toBe(3);
    expect(await events()).toEqual([young]);
    // The resolved dead letter is kept for longer: without its payload.
    expect(await world.rows('SELECT payload, event_type FROM webhook_dead_letters')).toEqual([
      { payload: null, event_type: 'endpoint:x' },
    ]);
  });

  it('keeps them for as long as is set', async () => {
    const id = await event(50);
    await maintain({ EVENT_RETENTION_DAYS: '70' });
    expect(await events()).toEqual([id]);
    await maintain({ EVENT_RETENTION_DAYS: '40' });
    expect(await events()).toEqual([]);
  });

  it('drops captured requests of old weeks, and keeps them for as long as events', async () => {
    const capture = (days: number) =>
      world.rows(
        `INSERT INTO captures (id, source_id, app_id, received_at, method, path, query, request_id, result, reason, body_bytes,
           headers, body)
         SELECT overlay(uuid_floor(at)::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, gen_random_uuid(),
           'shop', at, 'POST', '', '', $1::text, 'rejected', 'x', 0, '[]', ''
         FROM (SELECT now() - make_interval(days => $1::integer) AS at) made`,
        days,
      );
    for (const days of [50, 20]) await capture(days);
    const kept = async (): Promise<string[]> =>
      (await world.rows<{ days: string }>('SELECT request_id AS days FROM captures ORDER BY 1')).map(
        ({ days }) => days,
      );
    await maintain({ EVENT_RETENTION_DAYS: '70' });
    expect(await kept()).toEqual(['20', '50']);
    await maintain();
    expect(await kept()).toEqual(['20']);
  });

  it('removes deleted sources when their captured requests are gone', async () => {
    await world.rows(
      `WITH app AS (INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
         VALUES ('shop', 'Shop', 'owner@example.com', 'http://x', 1) RETURNING id)
       INSERT INTO sources (id, app_id, name, verification, removed_at)
       SELECT gen_random_uuid(), app.id, name, '{}', now() - make_interval(days => days)
       FROM app, (VALUES ('old', 50), ('young', 40), ('live', NULL)) AS made (name, days)`,
    );
    expect((await maintain()).removed.sources).toBe(1);
    const names = await world.rows<{ name: string }>('SELECT name FROM sources ORDER BY name');
    expect(names.map(({ name }) => name)).toEqual(['live', 'young']);
  });

  it('removes expired idempotency keys', async () => {
    await world.rows(
      `INSERT INTO event_keys (scope, key, digest, event_id, expires_at)
       SELECT 'shop', 'key ' || hours, '', gen_random_uuid(), now() + make_interval(hours => hours)
       FROM unnest(ARRAY[-30, -1, 1]) AS hours`,
    );
    expect((await maintain()).removed.idempotencyKeys).toBe(2);
    expect(await world.rows('SELECT key FROM event_keys')).toEqual([{ key: 'key 1' }]);
  });

  it('keeps what subscriptions were for two weeks longer, and what they are', async () => {
    await world.rows(
      `INSERT INTO subscription_versions (endpoint_id, from_version, until_version, app_id, name, events, state, ended_at)
       SELECT gen_random_uuid(), 1, CASE WHEN days IS NOT NULL THEN 2 END, 'shop', COALESCE(days::text, 'current'),
         '{a.b}', 'active', now() - make_interval(days => days)
       FROM unnest(ARRAY[45, 43, NULL]) AS days`,
    );
    expect((await maintain()).removed.subscriptionVersions).toBe(1);
    expect(await world.rows('SELECT name FROM subscription_versions ORDER BY name')).toEqual([
      { name: '43' },
      { name: 'current' },
    ]);
  });
});
