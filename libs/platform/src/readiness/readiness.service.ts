import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Database } from '../database/database.service.js';
import { pendingMigrations } from '../migrations/migrate.service.js';
import { WakeUpQueue } from '../queue/wake-up-queue.service.js';

export interface Finding {
  what: 'process' | 'database' | 'migrations' | 'clock' | 'keys' | 'queue';
  state: 'up' | 'degraded' | 'down';
  detail: string;
}

// A key that was taken away rightly seals nothing any more, but may be known a while longer. Every app has a secret.
const MISSING_KEYS = `
SELECT key_id AS "keyId" FROM encryption_key_checks
WHERE key_id <> ALL ($1::text[])
  AND EXISTS (SELECT 1 FROM signing_secrets WHERE starts_with(sealed, 'v1.' || key_id || '.'))
ORDER BY key_id`;

/** Longest wait for one answer, ms. */
const LIMIT_MS = 2_000;

/** Whether this process may get traffic (row K3). */
@Injectable()
export class Readiness {
  private draining = false;
  private migrated = false;

  constructor(
    private readonly database: Database,
    private readonly queue: WakeUpQueue,
    private readonly config: Config,
  ) {}

  /** Says from now on that this process stops. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<Finding[]> {
    if (this.draining) return [{ what: 'process', state: 'down', detail: 'stopping' }];
    const [database, queue] = await Promise.all([this.checkDatabase(), this.checkQueue()]);
    return [...database, ...queue];
  }

  private async checkDatabase(): Promise<Finding[]> {
    try {
      const sentMs = Date.now();
      const [row] = await within(
        this.database.query<{ now: Date }>({ text: 'SELECT clock_timestamp() AS now' }),
      );
      const skewMs = Math.abs(row!.now.getTime() - (sentMs + Date.now()) / 2);
      if (!this.migrated) {
        const pending = await within(pendingMigrations(this.database.pool));
        if (pending.length > 0) {
          return [{ what: 'migrations', state: 'down', detail: `not applied: ${pending.join(', ')}` }];
        }
        this.migrated = true;
      }
      const skewed = skewMs > this.config.clockSkewMaxMs;
      return [
        { what: 'database', state: 'up', detail: '' },
        { what: 'migrations', state: 'up', detail: '' },
        {
          what: 'clock',
          state: skewed ? 'down' : 'up',
          detail: skewed ? `${Math.round(skewMs)} ms from the database's` : '',
        },
        await this.checkKeys(),
      ];
    } catch (error) {
      return [{ what: 'database', state: 'down', detail: (error as Error).message }];
    }
  }

  /** Another process may seal with a key that this one lacks: what it sealed cannot be opened here. */
  private async checkKeys(): Promise<Finding> {
    const atHand = this.config.encryptionKeys.map(({ id }) => id);
    const missing = await within(this.database.query<{ keyId: string }>({ text: MISSING_KEYS }, [atHand]));
    if (missing.length === 0) return { what: 'keys', state: 'up', detail: '' };
    const ids = missing.map(({ keyId }) => keyId).join(', ');
    return {
      what: 'keys',
      state: 'degraded',
      detail: `ENCRYPTION_KEYS lacks ${ids}: apps whose secrets it sealed are not called`,
    };
  }

  /** Without the queue accepting goes on and the sweeper wakes what is due later: degraded, not down. */
  private async checkQueue(): Promise<Finding[]> {
    try {
      const policy = await within(this.queue.evictionPolicy());
      if (policy !== null && policy !== 'noeviction') {
        const detail = `Redis' maxmemory-policy is ${policy}, not noeviction: it may drop wake-ups`;
        return [{ what: 'queue', state: 'degraded', detail }];
      }
      const answers = await within(this.queue.ping());
      return [
        answers
          ? { what: 'queue', state: 'up', detail: '' }
          : { what: 'queue', state: 'degraded', detail: 'no answer' },
      ];
    } catch (error) {
      return [{ what: 'queue', state: 'degraded', detail: (error as Error).message }];
    }
  }
}

async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
