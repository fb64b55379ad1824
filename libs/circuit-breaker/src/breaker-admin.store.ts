import { Injectable } from '@nestjs/common';
import { Database, PrismaService, type Prisma } from '@breakwater/platform';
import type { BreakerKey } from './breaker.store.js';
import type { BreakerPolicy, CircuitState, ForcedState } from './circuit.js';

export interface BreakerFilter {
  state?: CircuitState;
  appId?: string;
  /** Only those that a person forced, or only the others. */
  forced?: boolean;
  /** The last item seen. */
  after?: BreakerKey;
  limit: number;
}

/** A breaker as people see it. One that never failed has no row: counts at zero, no times. */
export interface BreakerStatus {
  appId: string;
  capability: string;
  state: CircuitState;
  failureCount: number;
  successCount: number;
  lastFailureAt: Date | null;
  failingSince: Date | null;
  openedAt: Date | null;
  retryAt: Date | null;
  lastReason: string | null;
  generation: number;
  updatedAt: Date | null;
  /** Null while it is automatic. */
  forced: ForcedState | null;
  forcedAt: Date | null;
  forcedBy: string | null;
  forcedReason: string | null;
  probeUntil: Date | null;
  /** Name of the process that sends the probe. */
  probeHolder: string | null;
}

export type BreakerTransition = Prisma.CircuitBreakerTransitionGetPayload<object>;

const HISTORY = 100;

const COLUMNS = `e.app_id AS "appId", e.capability, COALESCE(c.state, 'closed') AS state,
  COALESCE(c.failure_count, 0) AS "failureCount", COALESCE(c.success_count, 0) AS "successCount",
  c.last_failure_at AS "lastFailureAt", c.failing_since AS "failingSince", c.opened_at AS "openedAt",
  CASE WHEN c.forced_at IS NULL THEN c.retry_at END AS "retryAt",
  CASE WHEN c.forced_at IS NOT NULL THEN c.state END AS forced, c.forced_at AS "forcedAt", c.forced_by AS "forcedBy",
  c.forced_reason AS "forcedReason", c.probe_until AS "probeUntil", c.probe_holder AS "probeHolder", c.last_reason AS "lastReason", COALESCE(c.generation, 0) AS generation,
  c.updated_at AS "updatedAt"`;

// Only breakers of capabilities that their app still has.
const OF_CAPABILITIES = `circuit_breaker_state c ON c.app_id = e.app_id AND c.capability = e.capability
WHERE e.kind = 'capability' AND e.status <> 'removed'`;

// Indexes: endpoints_app_id_capability_key, circuit_breaker_state_pkey.
const GET = `
SELECT ${COLUMNS} FROM endpoints e LEFT JOIN ${OF_CAPABILITIES} AND e.app_id = $1 AND e.capability = $2`;

const LIST = `
SELECT ${COLUMNS} FROM endpoints e JOIN ${OF_CAPABILITIES}
  AND ($1::text IS NULL OR c.state = $1) AND ($2::text IS NULL OR c.app_id = $2)
  AND ($6::boolean IS NULL OR (c.forced_at IS NOT NULL) = $6)
  AND ($3::text IS NULL OR (c.app_id, c.capability) > ($3, $4))
ORDER BY c.app_id, c.capability LIMIT $5`;

// Index: endpoints_app_id_capability_key.
const POLICY = `SELECT breaker FROM endpoints WHERE app_id = $1 AND capability = $2`;

@Injectable()
export class BreakerAdminStore {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
  ) {}

  /**
   * Breakers that ever had a failure, by app and capability.
   * @param as the app whose key is used; null is the platform itself
   */
  async list(
    { state, appId, forced, after, limit }: BreakerFilter,
    as: string | null,
  ): Promise<BreakerStatus[]> {
    return this.database.queryAs<BreakerStatus>(as, LIST, [
      state ?? null,
      appId ?? null,
      after?.appId ?? null,
      after?.capability ?? null,
      limit,
      forced ?? null,
    ]);
  }

  /** @returns null when the app has no such capability */
  async get({ appId, capability }: BreakerKey, as: string | null): Promise<BreakerStatus | null> {
    const rows = await this.database.queryAs<BreakerStatus>(as, GET, [appId, capability]);
    return rows[0] ?? null;
  }

  /** What its app sets of the policy. Apps have no right to this column, so the platform reads it. */
  async ownPolicy({ appId, capability }: BreakerKey): Promise<Partial<BreakerPolicy> | null> {
    const rows = await this.database.query<{ breaker: Partial<BreakerPolicy> | null }>({ text: POLICY }, [
      appId,
      capability,
    ]);
    return rows[0]?.breaker ?? null;
  }

  /** The last 100 changes, newest first. */
  async history(key: BreakerKey, as: string | null): Promise<BreakerTransition[]> {
    return this.prisma.as(as, (db) =>
      db.circuitBreakerTransition.findMany({ where: key, orderBy: { id: 'desc' }, take: HISTORY }),
    );
  }
}
