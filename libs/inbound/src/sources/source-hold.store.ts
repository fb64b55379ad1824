import { Injectable } from '@nestjs/common';
import type { HoldActor } from '@breakwater/manifest';
import { Database } from '@breakwater/platform';

// The first pause counts: when it began, and who asked for it. A pause by the platform replaces an app's own.
const PAUSE = `
UPDATE sources SET paused_at = COALESCE(paused_at, now()), paused_by = $2, paused_reason = $3, paused_by_platform = $4,
  updated_at = now()
WHERE id = $1 AND removed_at IS NULL AND (paused_at IS NULL OR ($4::boolean AND NOT paused_by_platform))`;

const RESUME = `
UPDATE sources SET paused_at = NULL, paused_by = NULL, paused_reason = NULL, paused_by_platform = false, updated_at = now()
WHERE id = $1 AND paused_at IS NOT NULL AND ($2::boolean OR NOT paused_by_platform)`;

/** Pauses and resumes sources. */
@Injectable()
export class SourceHoldStore {
  constructor(private readonly database: Database) {}

  async pause(id: string, reason: string | null, actor: HoldActor): Promise<void> {
    await this.database.query({ text: PAUSE }, [id, actor.name, reason, actor.isPlatform]);
  }

  async resume(id: string, actor: HoldActor): Promise<void> {
    await this.database.query({ text: RESUME }, [id, actor.isPlatform]);
  }
}
