import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Database } from '../database/database.service.js';
import { HintBus } from '../hints/hint-bus.service.js';
import { pendingMigrations } from '../migrations/migrate.io.js';
import { WakeUpQueue } from '../queue/wake-up-queue.service.js';
import { inTime } from '../waiting/in-time.js';
import { DatabaseProbe, type DatabaseLook } from './database-probe.service.js';
import { sessionTrouble } from './session-trouble.js';
import { Question } from './question.service.js';

export interface Finding {
  what: 'process' | 'database' | 'migrations' | 'clock' | 'keys' | 'hints' | 'replica' | 'queue';
  state: 'up' | 'degraded' | 'down';
  detail: string;
}

// A key that was removed on purpose seals nothing any more, but may be known for a while longer. Without what is
// searched here, calls cannot be made.
const MISSING_KEYS = `
SELECT key_id AS "keyId" FROM encryption_key_checks
WHERE key_id <> ALL ($1::text[])
  AND EXISTS (
    SELECT 1 FROM signing_secrets WHERE starts_with(sealed, 'v1.' || key_id || '.')
    UNION ALL SELECT 1 FROM platform_keys WHERE starts_with(sealed, 'v1.' || key_id || '.')
    UNION ALL SELECT 1 FROM client_certificates WHERE starts_with(sealed, 'v1.' || key_id || '.')
    UNION ALL SELECT 1 FROM endpoints WHERE starts_with(headers_sealed, 'v1.' || key_id || '.') AND status <> 'removed')
ORDER BY key_id`;

const up = (what: Finding['what'], detail = ''): Finding => ({ what, state: 'up', detail });
const degraded = (what: Finding['what'], detail: string): Finding => ({ what, state: 'degraded', detail });
const down = (what: Finding['what'], detail: string): Finding => ({ what, state: 'down', detail });

/**
 * Whether this process may get traffic. All parts are checked at once, and each has READINESS_TIMEOUT to answer; a
 * check that hangs is not started again by further requests.
 */
@Injectable()
export class Readiness {
  private draining = false;
  private migrated = false;
  private readonly limitMs: number;
  private readonly looking: Question<DatabaseLook & { skewMs: number }>;
  private readonly writing: Question<void>;
  private readonly migrating: Question<string[]>;
  private readonly unlocking: Question<string[]>;
  private readonly queueing: Question<Finding>;

  constructor(
    private readonly database: Database,
    private readonly queue: WakeUpQueue,
    private readonly hints: HintBus,
    private readonly config: Config,
  ) {
    this.limitMs = config.process.readinessTimeoutMs;
    const probe = new DatabaseProbe(database);
    this.looking = new Question(() => look(probe));
    this.writing = new Question(() => probe.write());
    this.migrating = new Question(() => pendingMigrations(database.pool));
    this.unlocking = new Question(() => this.missingKeys(probe));
    this.queueing = new Question(() => this.lookAtQueue());
  }

  /** From now on reports that this process stops. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<Finding[]> {
    if (this.draining) return [down('process', 'stopping')];
    const [database, replica, queue] = await Promise.all([
      this.checkDatabase(),
      this.checkReplica(),
      this.checkQueue(),
    ]);
    return [...database, this.checkHints(), ...replica, queue];
  }

  private async checkDatabase(): Promise<Finding[]> {
    const startedAtMs = performance.now();
    const [seen, written, pending, keys] = await Promise.allSettled([
      this.looking.answer(this.limitMs),
      this.writing.answer(this.limitMs),
      this.migrated ? [] : this.migrating.answer(this.limitMs),
      this.migrated ? this.unlocking.answer(this.limitMs) : [],
    ]);
    if (seen.status === 'rejected') return [down('database', messageOf(seen))];
    const trouble = sessionTrouble({ ...seen.value, isOurs: this.database.owns(seen.value.pid) });
    if (trouble !== null) return [down('database', trouble)];
    if (seen.value.isReadOnly)
      return [down('database', 'it takes no writes: it is a standby, or set to read only')];
    if (written.status === 'rejected') return [down('database', `it takes no writes: ${messageOf(written)}`)];
    if (pending.status === 'rejected') return [down('database', messageOf(pending))];
    if (pending.value.length > 0)
      return [up('database'), down('migrations', `not applied: ${pending.value.join(', ')}`)];
    if (keys.status === 'rejected') return [down('database', messageOf(keys))];
    const clock = this.judgeClock(seen.value.skewMs);
    if (this.migrated) return [up('database'), up('migrations'), clock, judgeKeys(keys.value)];
    // The first time: before this it was not known whether the tables exist.
    this.migrated = true;
    const leftMs = Math.max(1, this.limitMs - (performance.now() - startedAtMs));
    const [found] = await Promise.allSettled([this.unlocking.answer(leftMs)]);
    if (found.status === 'rejected') return [down('database', messageOf(found))];
    return [up('database'), up('migrations'), clock, judgeKeys(found.value)];
  }

  private judgeClock(skewMs: number): Finding {
    if (skewMs <= this.config.clockSkewMaxMs) return up('clock');
    return down('clock', `${Math.round(skewMs)} ms from the database's`);
  }

  /** Another process may seal with a key that this one lacks; this one cannot open that. */
  private async missingKeys(probe: DatabaseProbe): Promise<string[]> {
    const atHand = this.config.encryptionKeys.map(({ id }) => id);
    const missing = await probe.rows<{ keyId: string }>(MISSING_KEYS, [atHand]);
    return missing.map(({ keyId }) => keyId);
  }

  /** Without hints, memory is read again only at its maximum age: degraded, not down. */
  private checkHints(): Finding {
    const { away } = this.hints;
    return away === null
      ? up('hints')
      : degraded('hints', `changes made by other processes are seen up to 5 s later: ${away}`);
  }

  /** Without the replica, the primary serves its reads: degraded, not down. */
  private async checkReplica(): Promise<Finding[]> {
    const { replica } = this.database;
    if (replica === null) return [];
    const unknown = (): Error => new Error(`no answer within ${this.limitMs} ms`);
    const away = await inTime(replica.away(), this.limitMs, unknown).catch((error: Error) => error.message);
    if (away === null) return [up('replica', 'history and metrics are read from it')];
    return [degraded('replica', `history and metrics are read from the primary: ${away}`)];
  }

  /** Without the queue, deliveries are still accepted and the sweeper wakes them later: degraded, not down. */
  private async checkQueue(): Promise<Finding> {
    try {
      return await this.queueing.answer(this.limitMs);
    } catch (error) {
      return degraded('queue', (error as Error).message);
    }
  }

  private async lookAtQueue(): Promise<Finding> {
    const trouble = await this.queue.trouble();
    if (trouble !== null) return degraded('queue', trouble);
    try {
      const policy = await this.queue.evictionPolicy();
      if (policy === null || policy === 'noeviction') return up('queue');
      return degraded('queue', `Redis' maxmemory-policy is ${policy}, not noeviction: it may drop wake-ups`);
    } catch (error) {
      // Its user may have all rights that the queue needs, but not this one.
      return up(
        'queue',
        `it is not known whether Redis drops wake-ups when it is full: ${(error as Error).message}`,
      );
    }
  }
}

async function look(probe: DatabaseProbe): Promise<DatabaseLook & { skewMs: number }> {
  const sentMs = Date.now();
  const seen = await probe.look();
  return { ...seen, skewMs: Math.abs(seen.now.getTime() - (sentMs + Date.now()) / 2) };
}

function judgeKeys(missing: string[]): Finding {
  if (missing.length === 0) return up('keys');
  return degraded(
    'keys',
    `ENCRYPTION_KEYS lacks ${missing.join(', ')}: apps whose secrets it sealed are not called`,
  );
}

function messageOf({ reason }: PromiseRejectedResult): string {
  return (reason as Error).message;
}
