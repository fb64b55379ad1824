import { Injectable, Logger } from '@nestjs/common';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { Database, DatabaseTimeoutError, inTime } from '@breakwater/platform';

type Key = Pick<ResolvedEndpoint, 'appId' | 'capability'>;

interface Kept {
  json: Buffer;
  answeredAtMs: number;
  storedAtMs: number;
}

/** A fresher answer is written over the stored one at most this often, ms. */
const STORE_EVERY_MS = 1_000;
/** Longest wait for the stored one, ms: then the one in memory counts. */
const STORED_WITHIN_MS = 150;

/** The last good answers of capabilities that fall back on them: in memory, and in a table for the next process. */
@Injectable()
export class LastAnswers {
  private readonly log = new Logger(LastAnswers.name);
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly database: Database) {}

  /** @param json the answer's bytes, given back as they are */
  keep({ appId, capability }: Key, json: Buffer): void {
    const name = `${appId} ${capability}`;
    const nowMs = Date.now();
    const before = this.kept.get(name);
    const due = nowMs - (before?.storedAtMs ?? 0) >= STORE_EVERY_MS;
    this.kept.set(name, { json, answeredAtMs: nowMs, storedAtMs: due ? nowMs : before!.storedAtMs });
    if (due) void this.store({ appId, capability }, json);
  }

  async last({ appId, capability }: Key): Promise<{ json: Buffer; ageMs: number } | null> {
    const kept = this.kept.get(`${appId} ${capability}`);
    const tooLate = (): Error => new DatabaseTimeoutError('looking up the last answer', STORED_WITHIN_MS);
    const stored = inTime(this.stored({ appId, capability }), STORED_WITHIN_MS, tooLate);
    const row = await stored.catch((error: unknown) => {
      if (kept) return null; // the database is away, memory still knows
      throw error;
    });
    const ownAgeMs = kept ? Date.now() - kept.answeredAtMs : Infinity;
    if (kept && ownAgeMs <= (row?.ageMs ?? Infinity)) return { json: kept.json, ageMs: ownAgeMs };
    return row ? { json: row.data, ageMs: Math.max(0, Math.round(row.ageMs)) } : null;
  }

  private async stored({ appId, capability }: Key): Promise<{ data: Buffer; ageMs: number } | null> {
    const [row] = await this.database.query<{ data: Buffer; ageMs: number }>(
      {
        name: 'last_answer',
        text: `SELECT data, extract(epoch FROM now() - answered_at)::float8 * 1000 AS "ageMs" FROM last_answers
               WHERE app_id = $1 AND capability = $2`,
      },
      [appId, capability],
    );
    return row ?? null;
  }

  private async store({ appId, capability }: Key, json: Buffer): Promise<void> {
    try {
      await this.database.query(
        {
          name: 'keep_answer',
          text: `INSERT INTO last_answers AS l (app_id, capability, data, answered_at) VALUES ($1, $2, $3, now())
                 ON CONFLICT (app_id, capability) DO UPDATE SET data = EXCLUDED.data, answered_at = EXCLUDED.answered_at`,
        },
        [appId, capability, json],
      );
    } catch (error) {
      this.log.warn(`last answer of ${appId}/${capability} not stored: ${(error as Error).message}`);
    }
  }
}
