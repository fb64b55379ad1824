import { newId } from '@breakwater/platform';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldEvents } from './held-events.service.js';
import { HELD_UNTIL, HELD_UNTIL_DATE } from './held-until.js';

const NEVER = new AbortController().signal;

describe('events of a paused source', () => {
  let world: EngineWorld;
  let appId: string;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null, consume: false, sweep: false });
    ({ appId } = await world.register({}));
  });
  afterAll(() => world.stop());

  async function source(state: { paused?: boolean; removed?: boolean }): Promise<string> {
    const id = newId();
    await world.rows(
      `INSERT INTO sources (id, app_id, name, verification, paused_at, removed_at)
       VALUES ($1, $2, 'held', '{"preset":"none"}', CASE WHEN $3 THEN now() END, CASE WHEN $4 THEN now() END)
       ON CONFLICT DO NOTHING`,
      id,
      appId,
      state.paused ?? false,
      state.removed ?? false,
    );
    return id;
  }

  async function hold(sourceId: string, count: number): Promise<void> {
    await world.rows(
      `INSERT INTO events (id, app_id, type, body, content_type, request_id, source_id, request, fan_out_at)
       SELECT new_event_id(clock_timestamp()), $1, 'inbound.held', '', 'text/plain', 'x', $2, '{}', ${HELD_UNTIL}
       FROM generate_series(1, $3)`,
      appId,
      sourceId,
      count,
    );
  }

  const heldOf = async (sourceId: string): Promise<number> => {
    const [row] = await world.rows(
      `SELECT count(*) FROM events WHERE source_id = $1 AND fan_out_at = $2`,
      sourceId,
      HELD_UNTIL_DATE,
    );
    return Number(row!['count']);
  };
  const run = () => world.engine.get(HeldEvents).run(NEVER);

  it('wait until it is resumed; those of a deleted one are released', async () => {
    const paused = await source({ paused: true });
    const deleted = await source({ paused: true, removed: true });
    await hold(paused, 3);
    await hold(deleted, 2);
    expect(await run()).toBe(2);
    expect([await heldOf(paused), await heldOf(deleted)]).toEqual([3, 0]);
    await world.rows('UPDATE sources SET paused_at = NULL WHERE id = $1', paused);
    expect(await run()).toBe(3);
    expect(await heldOf(paused)).toBe(0);
    expect(await run()).toBe(0);
    await world.rows('DELETE FROM sources WHERE id = $1', paused);
  });

  it('are released in batches, whatever their number, by several workers at once', async () => {
    const resumed = await source({});
    await hold(resumed, 2_500);
    const released = await Promise.all([run(), run()]);
    expect(released[0] + released[1]).toBe(2_500);
    expect(await heldOf(resumed)).toBe(0);
  });

  it('stay when the worker stops', async () => {
    const stopped = await source({ removed: true });
    await hold(stopped, 1);
    expect(await world.engine.get(HeldEvents).run(AbortSignal.abort())).toBe(0);
    expect(await heldOf(stopped)).toBe(1);
  });
});
