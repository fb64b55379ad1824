import { Logger } from '@nestjs/common';
import type { DatabaseConfig } from '../config/sections/storage.js';
import { SaidLately } from '../logging/said-lately.js';
import { inTime } from '../waiting/in-time.js';
import { boundsOf } from './bounded-pool.service.js';
import { databaseTrouble } from './database-trouble.js';
import { Database } from './database.service.js';
import { anyHostOf } from './database-url.js';
import { PrismaService } from './prisma.service.js';
import { lagMs, recentMarks, type Mark } from './replica-lag.js';

/** Most connections to the replica: screens read it, calls do not. */
const CONNECTIONS = 4;
/** A process looks at most once in this time how far the replica is, ms. */
const LOOKS_EVERY_MS = 1_000;
/** Longest wait for the answer of each server, ms. */
const ANSWERS_WITHIN_MS = 500;
/** The same trouble is logged once in this time, ms. */
const SAID_EVERY_MS = 30_000;

// What a transaction on the primary shows was flushed before.
const PRIMARY = `SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 AS position`;
const STANDBY = `
SELECT pg_is_in_recovery() AS "isStandby",
  pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 AS position`;

interface Standby {
  isStandby: boolean;
  position: number | null;
}

/**
 * A standby that serves reads of history and metrics while it is at most `maxLagMs` behind; otherwise the primary does.
 * @see docs/adr/0044-history-from-a-replica.md
 */
export class Replica {
  readonly database: Database;
  private client: PrismaService | undefined;
  private readonly log = new Logger(Replica.name);
  private readonly said = new SaidLately(SAID_EVERY_MS);
  private marks: Mark[] = [];
  /** Why it is not used, or null. */
  private trouble: string | null = 'not looked at yet';
  private lookedAtMs = -Infinity;
  private looking: Promise<void> | undefined;
  private readonly maxLagMs: number;

  constructor(
    private readonly primary: Database,
    { url, maxLagMs }: { url: string; maxLagMs: number },
  ) {
    this.maxLagMs = maxLagMs;
    this.database = new Database({
      url: anyHostOf(url),
      poolMax: CONNECTIONS,
      applicationName: 'breakwater-history',
      bounds: primary.bounds,
    });
  }

  get prisma(): PrismaService {
    return (this.client ??= new PrismaService(this.database));
  }

  /**
   * What `fromReplica` reads, or `fromPrimary` if the replica is away, behind or no standby. A read that was too slow is
   * not repeated.
   */
  async read<T>(fromReplica: (replica: Replica) => Promise<T>, fromPrimary: () => Promise<T>): Promise<T> {
    // In use, it is waited for: nobody may read what is older than the limit.
    const look = this.lookIfDue();
    if (this.trouble === null) await look;
    if (this.trouble !== null) return fromPrimary();
    try {
      return await fromReplica(this);
    } catch (error) {
      const trouble = databaseTrouble(error);
      if (trouble === null) throw error;
      // A standby ends statements that conflict with what it replays.
      if (trouble !== 'conflict') this.judge((error as Error).message);
      if (trouble === 'too_slow') throw error;
      return fromPrimary();
    }
  }

  /** Why the primary is read instead, or null. */
  async away(): Promise<string | null> {
    await this.lookIfDue();
    return this.trouble;
  }

  async close(): Promise<void> {
    await this.client?.onApplicationShutdown();
    await this.database.onApplicationShutdown();
  }

  private lookIfDue(): Promise<void> | undefined {
    if (performance.now() - this.lookedAtMs < LOOKS_EVERY_MS) return this.looking;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      this.lookedAtMs = performance.now();
    });
    return this.looking;
  }

  private async look(): Promise<void> {
    await this.mark();
    try {
      const { isStandby, position } = await this.ask<Standby>(this.database, STANDBY);
      const lag = lagMs(this.marks, position ?? 0, performance.now());
      if (!isStandby) this.judge('it is no standby');
      else if (lag > this.maxLagMs) this.judge(`it is more than ${this.maxLagMs} ms behind`);
      else this.judge(null);
    } catch (error) {
      this.judge((error as Error).message);
    }
  }

  /** Without an answer of the primary, earlier marks count until they are too old. */
  private async mark(): Promise<void> {
    const atMs = performance.now();
    this.marks = recentMarks(this.marks, atMs, this.maxLagMs);
    const mark = await this.ask<{ position: number }>(this.primary, PRIMARY).catch(() => null);
    if (mark) this.marks.push({ position: mark.position, atMs });
  }

  private async ask<Row extends object>(database: Database, text: string): Promise<Row> {
    const late = (): Error => new Error(`no answer within ${ANSWERS_WITHIN_MS} ms`);
    const [row] = await inTime(
      database.query<Row & Record<string, unknown>>({ text }, [], { withinMs: ANSWERS_WITHIN_MS }),
      ANSWERS_WITHIN_MS,
      late,
    );
    return row!;
  }

  private judge(trouble: string | null): void {
    const wasUsed = this.trouble === null;
    this.trouble = trouble;
    if (trouble === null) {
      if (!wasUsed) this.log.log('history and metrics are read from the replica');
    } else if (wasUsed && this.said.isDue(trouble, performance.now())) {
      this.log.warn(`history and metrics are read from the primary: ${trouble}`);
    }
  }
}

/** The database of a process, with its replica if there is one. */
export function openDatabase(config: DatabaseConfig): Database {
  const { url, sessionUrl, poolMin, poolMax, replicaUrl, replicaMaxLagMs } = config;
  const database = new Database({ url, sessionUrl, poolMin, poolMax, bounds: boundsOf(config) });
  if (replicaUrl !== undefined)
    database.replica = new Replica(database, { url: replicaUrl, maxLagMs: replicaMaxLagMs });
  return database;
}
