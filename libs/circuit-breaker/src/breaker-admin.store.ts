import { Injectable } from '@nestjs/common';
import { Database, PrismaService, type Prisma } from '@breakwater/platform';
import type { BreakerKey } from './breaker.store.js';
import type { CircuitState } from './circuit.js';

export interface BreakerFilter {
  state?: CircuitState;
  appId?: string;
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
}

export type BreakerTransition = Prisma.CircuitBreakerTransitionGetPayload<object>;

const HISTORY = 100;

const COLUMNS = `e.app_id AS "appId", e.capability, COALESCE(c.state, 'closed') AS state,
  COALESCE(c.failure_count, 0) AS "failureCount", COALESCE(c.success_count, 0) AS "successCount",
  c.last_failure_at AS "lastFailureAt", c.failing_since AS "failingSince", c.opened_at AS "openedAt",
  c.retry_at AS "retryAt", c.last_reason AS "lastReason", COALESCE(c.generation, 0) AS generation,
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
  AND ($3::text IS NULL OR (c.app_id, c.capability) > ($3, $4))
ORDER BY c.app_id, c.capability LIMIT $5`;

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
  async list({ state, appId, after, limit }: BreakerFilter, as: string | null): Promise<BreakerStatus[]> {
    return this.database.queryAs<BreakerStatus>(as, LIST, [
      state ?? null,
      appId ?? null,
      after?.appId ?? null,
      after?.capability ?? null,
      limit,
    ]);
  }

  /** @returns null when the app has no such capability */
  async get({ appId, capability }: BreakerKey, as: string | null): Promise<BreakerStatus | null> {
    const rows = await this.database.queryAs<BreakerStatus>(as, GET, [appId, capability]);
    return rows[0] ?? null;
  }

  /** The last 100 changes, newest first. */
  async history(key: BreakerKey, as: string | null): Promise<BreakerTransition[]> {
    return this.prisma.as(as, (db) =>
      db.circuitBreakerTransition.findMany({ where: key, orderBy: { id: 'desc' }, take: HISTORY }),
    );
  }
}
