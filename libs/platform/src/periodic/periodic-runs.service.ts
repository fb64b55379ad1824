import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '../database/database.service.js';

const IS_DUE = `
INSERT INTO periodic_runs (name, due_at) VALUES ($1, date_trunc('milliseconds', now()))
ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name
RETURNING due_at <= now() AS due`;

const STARTED = 'UPDATE periodic_runs SET started_at = clock_timestamp() WHERE name = $1';

// Keeps the beat; a process that comes late starts a new one.
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
  /** This process stops: the work is to end soon, and is then still due. */
  stop: AbortSignal;
}

/**
 * Work that one process at a time does for all. Every worker asks often, the rows say whether it is due, and an
 * advisory lock who does it: when the one that does it dies or stands still, its lock goes with its connection, the work
 * is still due and the next that asks does it. So work must bear being done again from the start.
 */
@Injectable()
export class PeriodicRuns {
  /** Each work under way keeps a connection for its lock and needs others: a third of them may be kept. */
  private readonly atOnce: number;
  private underWay = 0;
  private readonly inLine: (() => void)[] = [];

  constructor(private readonly database: Database) {
    this.atOnce = Math.max(1, Math.floor(database.options.poolMax / 3));
  }

  /**
   * Does `work` if it is due and nobody is at it, once this process is not at too much else. Work that fails or is
   * stopped is due again at once.
   * @param work its signal says that this process stops, or that the lock was lost with its connection, and somebody
   *   else may be at it
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
   * Does `work` now, due or not, unless somebody is at it: then null.
   * @param work its signal says that the lock was lost with its connection
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

/** Does `work` while the session of its lock, which nobody else uses meanwhile, is heard of often enough. */
async function withSignsOfLife<T>(client: PoolClient, withinMs: number, work: () => Promise<T>): Promise<T> {
  let sign: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // One that fails comes with the loss of the connection, which the work is told of.
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
