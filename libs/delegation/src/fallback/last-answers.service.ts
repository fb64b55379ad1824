import { Injectable, Logger } from '@nestjs/common';
import { DatabaseTimeoutError, inTime } from '@breakwater/platform';
import { LastAnswerStore, type AnswerKey } from './last-answer.store.js';

interface Kept {
  json: Buffer;
  answeredAtMs: number;
  storedAtMs: number;
}

/** A newer answer replaces the stored one at most once in this time, ms. */
const STORE_EVERY_MS = 1_000;
/** Longest wait for the stored answer, ms: after that the one in memory is used. */
const STORED_WITHIN_MS = 150;

/** The last good answers of capabilities that fall back on them: in memory, and in a table for other processes. */
@Injectable()
export class LastAnswers {
  private readonly log = new Logger(LastAnswers.name);
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly store: LastAnswerStore) {}

  /** @param json the answer's bytes, returned unchanged */
  keep({ appId, capability }: AnswerKey, json: Buffer): void {
    const name = `${appId} ${capability}`;
    const nowMs = Date.now();
    const before = this.kept.get(name);
    const due = nowMs - (before?.storedAtMs ?? 0) >= STORE_EVERY_MS;
    this.kept.set(name, { json, answeredAtMs: nowMs, storedAtMs: due ? nowMs : before!.storedAtMs });
    if (due) void this.write({ appId, capability }, json);
  }

  async last({ appId, capability }: AnswerKey): Promise<{ json: Buffer; ageMs: number } | null> {
    const kept = this.kept.get(`${appId} ${capability}`);
    const tooLate = (): Error => new DatabaseTimeoutError('looking up the last answer', STORED_WITHIN_MS);
    const stored = inTime(this.store.find({ appId, capability }), STORED_WITHIN_MS, tooLate);
    const row = await stored.catch((error: unknown) => {
      if (kept) return null; // The database is unavailable, but memory has an answer.
      throw error;
    });
    const ownAgeMs = kept ? Date.now() - kept.answeredAtMs : Infinity;
    if (kept && ownAgeMs <= (row?.ageMs ?? Infinity)) return { json: kept.json, ageMs: ownAgeMs };
    return row ? { json: row.data, ageMs: Math.max(0, Math.round(row.ageMs)) } : null;
  }

  private async write({ appId, capability }: AnswerKey, json: Buffer): Promise<void> {
    try {
      await this.store.keep({ appId, capability }, json);
    } catch (error) {
      this.log.warn(`last answer of ${appId}/${capability} not stored: ${(error as Error).message}`);
    }
  }
}
