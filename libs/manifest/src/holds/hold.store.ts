import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** Who asks for something to be hold or let go. */
export interface HoldActor {
  /** For the record. */
  name: string;
  /** Whether it is an admin of the platform; otherwise it is an app's own key. */
  isPlatform: boolean;
}

/** An app's endpoint, and whether anything goes out to it. */
export interface CapabilityView {
  id: string;
  appId: string;
  kind: string;
  capability: string;
  async: boolean;
  status: string;
  /** `paused` or `disabled`, itself or with its app; null where it is called. */
  hold: string | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  pausedByPlatform: boolean;
  disabledReason: string | null;
  /** Null where its receiver answered 410. */
  disabledBy: string | null;
}

const VIEW = `
SELECT id, app_id AS "appId", kind, capability, async, status, hold, paused_at AS "pausedAt", paused_by AS "pausedBy",
  paused_reason AS "pausedReason", paused_by_platform AS "pausedByPlatform", disabled_reason AS "disabledReason",
  disabled_by AS "disabledBy"
FROM endpoints WHERE app_id = $1 AND status <> 'removed'`;

// The first pause counts: when it began, and who asked for it. The platform's takes over an app's own.
const PAUSE = `
  paused_at = COALESCE(paused_at, now()), paused_by = $2, paused_reason = $3, paused_by_platform = $4, updated_at = now()`;
const MAY_PAUSE = `(paused_at IS NULL OR ($4::boolean AND NOT paused_by_platform))`;
const RESUME = `
  paused_at = NULL, paused_by = NULL, paused_reason = NULL, paused_by_platform = false, updated_at = now()`;
const MAY_RESUME = `paused_at IS NOT NULL AND ($2::boolean OR NOT paused_by_platform)`;

/** Writes who paused or disabled an app or one of its endpoints. What follows for their deliveries is up to triggers. */
@Injectable()
export class HoldStore {
  constructor(private readonly database: Database) {}

  async pauseApp(appId: string, reason: string | null, actor: HoldActor): Promise<void> {
    await this.database.query({ text: `UPDATE apps SET ${PAUSE} WHERE id = $1 AND ${MAY_PAUSE}` }, [
      appId,
      actor.name,
      reason,
      actor.isPlatform,
    ]);
  }

  async resumeApp(appId: string, actor: HoldActor): Promise<void> {
    await this.database.query({ text: `UPDATE apps SET ${RESUME} WHERE id = $1 AND ${MAY_RESUME}` }, [
      appId,
      actor.isPlatform,
    ]);
  }

  async pause(endpointId: string, reason: string | null, actor: HoldActor): Promise<void> {
    await this.database.query({ text: `UPDATE endpoints SET ${PAUSE} WHERE id = $1 AND ${MAY_PAUSE}` }, [
      endpointId,
      actor.name,
      reason,
      actor.isPlatform,
    ]);
  }

  async resume(endpointId: string, actor: HoldActor): Promise<void> {
    await this.database.query({ text: `UPDATE endpoints SET ${RESUME} WHERE id = $1 AND ${MAY_RESUME}` }, [
      endpointId,
      actor.isPlatform,
    ]);
  }

  /** Also one that its receiver's 410 disabled: from then on it is the platform's to enable. */
  async disable(endpointId: string, reason: string, actor: string): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE endpoints SET status = 'disabled', disabled_reason = $2, disabled_by = $3, updated_at = now()
               WHERE id = $1 AND status <> 'removed'`,
      },
      [endpointId, reason, actor],
    );
  }

  /** An app's own key enables only what no admin disabled. */
  async enable(endpointId: string, actor: HoldActor): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE endpoints SET status = 'active', disabled_reason = NULL, disabled_by = NULL, updated_at = now()
               WHERE id = $1 AND status = 'disabled' AND ($2::boolean OR disabled_by IS NULL)`,
      },
      [endpointId, actor.isPlatform],
    );
  }

  /** In the order of their names. Index: endpoints_app_id_capability_key. */
  async list(appId: string): Promise<CapabilityView[]> {
    return this.database.query<CapabilityView>({ text: `${VIEW} ORDER BY capability` }, [appId]);
  }

  /** Index: endpoints_app_id_capability_key. */
  async find(appId: string, capability: string): Promise<CapabilityView | null> {
    const rows = await this.database.query<CapabilityView>(
      { text: `${VIEW} AND kind = 'capability' AND capability = $2` },
      [appId, capability],
    );
    return rows[0] ?? null;
  }
}
