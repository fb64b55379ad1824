import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** Who asks to pause, resume, disable or enable something. */
export interface HoldActor {
  /** For the audit log. */
  name: string;
  /** True for an admin of the platform; false for an app's own key. */
  isPlatform: boolean;
}

/** An app's endpoint, and whether calls are sent to it. */
export interface CapabilityView {
  id: string;
  appId: string;
  kind: string;
  capability: string;
  async: boolean;
  status: string;
  /** `paused` or `disabled`, itself or because of its app; null where it is called. */
  hold: string | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  pausedByPlatform: boolean;
  disabledReason: string | null;
  /** Null where Breakwater itself disabled it: after a 410, or after days of failures only. */
  disabledBy: string | null;
}

const VIEW = `
SELECT id, app_id AS "appId", kind, capability, async, status, hold, paused_at AS "pausedAt", paused_by AS "pausedBy",
  paused_reason AS "pausedReason", paused_by_platform AS "pausedByPlatform", disabled_reason AS "disabledReason",
  disabled_by AS "disabledBy"
FROM endpoints WHERE app_id = $1 AND status <> 'removed'`;

// The first pause counts: when it began, and who asked for it. A pause by the platform replaces an app's own.
const PAUSE = `
  paused_at = COALESCE(paused_at, now()), paused_by = $2, paused_reason = $3, paused_by_platform = $4, updated_at = now()`;
const MAY_PAUSE = `(paused_at IS NULL OR ($4::boolean AND NOT paused_by_platform))`;
const RESUME = `
  paused_at = NULL, paused_by = NULL, paused_reason = NULL, paused_by_platform = false, updated_at = now()`;
const MAY_RESUME = `paused_at IS NOT NULL AND ($2::boolean OR NOT paused_by_platform)`;

/** Stores who paused or disabled an app or one of its endpoints. Triggers apply it to their deliveries. */
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

  /** Also for an endpoint that was disabled by a 410: after this only the platform may enable it. */
  async disable(endpointId: string, reason: string, actor: string): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE endpoints SET status = 'disabled', disabled_reason = $2, disabled_by = $3, updated_at = now()
               WHERE id = $1 AND status <> 'removed'`,
      },
      [endpointId, reason, actor],
    );
  }

  /** An app's own key cannot enable what an admin disabled. */
  async enable(endpointId: string, actor: HoldActor): Promise<void> {
    await this.database.query(
      {
        text: `UPDATE endpoints SET status = 'active', disabled_reason = NULL, disabled_by = NULL, updated_at = now()
               WHERE id = $1 AND status = 'disabled' AND ($2::boolean OR disabled_by IS NULL)`,
      },
      [endpointId, actor.isPlatform],
    );
  }

  /** Ordered by name. Index: endpoints_app_id_capability_key. */
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
