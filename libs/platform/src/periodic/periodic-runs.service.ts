import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database, locksAtOnce } from '../database/database.service.js';

const IS_DUE = `
INSERT INTO periodic_runs (name, due_at) VALUES ($1, date_trunc('milliseconds', now()))
ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name
RETURNING due_at <= now() AS due`;

const STARTED = 'UPDATE periodic_runs SET started_at = clock_timestamp() WHERE name = $1';

// Keeps the rhythm of the work; a run that is late starts a new rhythm.
const FINISHED = `
UPDATE periodic_runs SET finished_at = clock_timestamp(),
  due_at = CASE WHEN due_at + make_interval(secs => $2::float8 / 1000) > clock_timestamp() THEN due_at ELSE started_at END
    + make_interval(secs => $2::float8 / 1000)
WHERE name = $1`;

export interface Beat {
  /** Names the work in all processes. */
  name: string;
  /** From one start to the next, ms. */
  everyMs: number;
  /** Aborts when this process stops: the work should end soon, and is then still due. */
  stop: AbortSignal;
}

/**
 * Work that one process does for all. Every worker asks often whether it is due; the row decides that, and an advisory
 * lock decides which process does it. When that process dies or stalls, its lock is released with its connection, the
 * work is still due, and the next process that asks does it. So it must be safe to repeat work from the start.
 */
@Injectable()
export class PeriodicRuns {
  private readonly atOnce: number;
  private underWay = 0;
  private readonly inLine: (() => void)[] = [];

  constructor(private readonly database: Database) {
    this.atOnce = locksAtOnce(database.options.poolMax);
  }

  /**
   * Does `work` if it is due and no process is doing it, as soon as this process has a free place for it. Work that
   * fails or is stopped is due again at once.
   * @param work its signal aborts when this process stops, or when the lock was lost with its connection and another
   *   process may be doing the work
   * @returns whether it was done
   */
  async ifDue(beat: Beat, work: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
    while (this.underWay >= this.atOnce) await new Promise<void>((resolve) => this.inLine.push(resolve));
    this.underWay++;
    try {
      return !beat.stop.aborted && (await this.doIfDue(beat, work));
    } finally {
      this.underWay--;
      this.inLine.shift()?.();
    }
  }

  /**
   * Does `work` now, due or not. Returns null when another process is doing it.
   * @param work its signal aborts when the lock was lost with its connection
   */
  async now<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | null> {
    return this.database.withLock(name, (client, lost) =>
      withSignsOfLife(client, this.database.stalledAfterMs, () => work(lost)),
    );
  }

  private async doIfDue(
    { name, everyMs, stop }: Beat,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<boolean> {
    const done = await this.database.withLock(name, async (client, lost) => {
      const { rows } = await client.query<{ due: boolean }>(IS_DUE, [name]);
      if (!rows[0]?.due) return false;
      await client.query(STARTED, [name]);
      await withSignsOfLife(client, this.database.stalledAfterMs, () => work(AbortSignal.any([lost, stop])));
      if (stop.aborted) return false;
      await client.query(FINISHED, [name, everyMs]);
      return true;
    });
    return done ?? false;
  }
}

/** Does `work` while a statement every few seconds keeps the session of its lock from being ended as stalled. */
async function withSignsOfLife<T>(client: PoolClient, withinMs: number, work: () => Promise<T>): Promise<T> {
  let sign: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // A failed statement means that the connection is lost, and the work is notified of that.
    sign ??= client
      .query('SELECT 1')
      .catch(() => undefined)
      .finally(() => (sign = undefined));
  }, withinMs / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await sign;
  }
}
