import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { World } from '@breakwater/testing/world.js';
import { PeriodicRuns, type Beat } from './periodic-runs.service.js';

const HOUR = 3_600_000;
const never = new AbortController().signal;
const beat = (name: string, stop = never): Beat => ({ name, everyMs: HOUR, stop });

describe('periodic work', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  beforeEach(() => world.database.pool.query('DELETE FROM periodic_runs'));
  afterAll(() => world.stop());

  const process = (): PeriodicRuns => new PeriodicRuns(world.node());
  const nothing = async (): Promise<void> => undefined;
  /** Work that runs until its signal aborts. */
  function longWork(): {
    work: (signal: AbortSignal) => Promise<void>;
    end: () => void;
    signal?: AbortSignal;
  } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const long: ReturnType<typeof longWork> = {
      work: (signal) => ((long.signal = signal), promise),
      end: resolve,
    };
    return long;
  }

  it('is done once, then not again until it is due', async () => {
    const runs = process();
    expect(await runs.ifDue(beat('a'), nothing)).toBe(true);
    expect(await runs.ifDue(beat('a'), nothing)).toBe(false);
    expect(await process().ifDue(beat('a'), nothing)).toBe(false);
    await world.database.pool.query(`UPDATE periodic_runs SET due_at = now() - interval '1 second'`);
    expect(await process().ifDue(beat('a'), nothing)).toBe(true);
  });

  it('keeps its rhythm, and starts a new one when it was late for long', async () => {
    const due = async (): Promise<number> =>
      (
        await world.database.pool.query(
          'SELECT extract(epoch FROM due_at - now())::float8 AS s FROM periodic_runs',
        )
      ).rows[0].s;
    const lateBy = (interval: string): Promise<unknown> =>
      world.database.pool.query(`UPDATE periodic_runs SET due_at = now() - interval '${interval}'`);
    const runs = process();
    await runs.ifDue(beat('a'), nothing);
    await lateBy('10 minutes');
    await runs.ifDue(beat('a'), nothing);
    expect(await due()).toBeCloseTo(3000, -1);
    await lateBy('5 hours');
    await runs.ifDue(beat('a'), nothing);
    expect(await due()).toBeCloseTo(3600, -1);
  });

  it('is left to the process that is doing it; other work is not', async () => {
    const long = longWork();
    const first = process().ifDue(beat('a'), long.work);
    await eventually(() => long.signal !== undefined);
    expect(await process().ifDue(beat('a'), nothing)).toBe(false);
    expect(await process().now('a', nothing)).toBeNull();
    expect(await process().ifDue(beat('b'), nothing)).toBe(true);
    long.end();
    expect(await first).toBe(true);
  });

  it('moves to another process when the connection of the first is cut, and the first is notified', async () => {
    const long = longWork();
    const first = process().ifDue(beat('a'), long.work);
    first.catch(() => undefined);
    await eventually(() => long.signal !== undefined);
    await world.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database =
         (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await eventually(() => long.signal!.aborted);
    expect(await process().ifDue(beat('a'), nothing)).toBe(true);
    long.end();
    await expect(first).rejects.toThrow(/terminat|not queryable|closed/i);
  });

  it('that takes long stays with its process, which keeps the session of its lock alive', async () => {
    const stalledAfterMs = 400;
    const long = longWork();
    const first = new PeriodicRuns(world.node({ stalledAfterMs })).ifDue(beat('a'), long.work);
    const isOld = async (): Promise<boolean> =>
      (
        await world.database.pool.query(
          'SELECT 1 FROM periodic_runs WHERE clock_timestamp() > started_at + make_interval(secs => $1)',
          [(4 * stalledAfterMs) / 1000],
        )
      ).rows.length === 1;
    await eventually(isOld);
    expect(long.signal!.aborted).toBe(false);
    expect(await process().now('a', nothing)).toBeNull();
    long.end();
    expect(await first).toBe(true);
  });

  it('leaves its connection as it was', async () => {
    const database = world.node({ poolMax: 1 });
    await new PeriodicRuns(database).ifDue(beat('a'), nothing);
    const { rows } = await database.pool.query('SHOW idle_session_timeout');
    expect(rows).toEqual([{ idle_session_timeout: '0' }]);
  });

  it('that fails is due again at once, in any process', async () => {
    await expect(process().ifDue(beat('a'), () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await process().ifDue(beat('a'), nothing)).toBe(true);
  });

  it('whose process stops is notified, and is still due', async () => {
    const stop = new AbortController();
    const long = longWork();
    const first = process().ifDue(beat('a', stop.signal), long.work);
    await eventually(() => long.signal !== undefined);
    stop.abort();
    expect(long.signal!.aborted).toBe(true);
    long.end();
    expect(await first).toBe(false);
    expect(await process().ifDue(beat('a'), nothing)).toBe(true);
  });

  it('does not start in a process that is stopping', async () => {
    expect(await process().ifDue(beat('a', AbortSignal.abort()), nothing)).toBe(false);
    expect(await process().ifDue(beat('a'), nothing)).toBe(true);
  });

  it('that many processes ask for at once is done by one', async () => {
    const done = await Promise.all(Array.from({ length: 6 }, () => process().ifDue(beat('a'), nothing)));
    expect(done.filter(Boolean)).toHaveLength(1);
  });

  it('leaves connections of a small pool for the work itself', async () => {
    const database = world.node({ poolMax: 2 });
    const runs = new PeriodicRuns(database);
    const query = (): Promise<unknown> => database.pool.query('SELECT 1');
    const done = await Promise.all(['a', 'b', 'c'].map((name) => runs.ifDue(beat(name), query)));
    expect(done).toEqual([true, true, true]);
  });

  it('can be done before it is due', async () => {
    await process().ifDue(beat('a'), nothing);
    expect(await process().now('a', async () => 7)).toBe(7);
  });
});
