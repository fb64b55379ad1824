import { Injectable } from '@nestjs/common';
import { PrismaService, type Prisma } from '@breakwater/platform';
import { BreakerNotFoundError } from './breaker-not-found.error.js';
import { CircuitBreakers } from './circuit-breakers.service.js';
import type { BreakerKey } from './breaker.store.js';
import type { CircuitState } from './circuit.js';

export interface BreakerFilter {
  state?: CircuitState;
  appId?: string;
  /** `appId capability` of the last item seen. */
  after?: BreakerKey;
  limit: number;
}

export type BreakerStatus = Prisma.CircuitBreakerStateGetPayload<object>;
export type BreakerTransition = Prisma.CircuitBreakerTransitionGetPayload<object>;

const HISTORY = 100;

/** What operators see and do; the hot path never comes here. */
@Injectable()
export class BreakerAdmin {
  constructor(
    private readonly prisma: PrismaService,
    private readonly breakers: CircuitBreakers,
  ) {}

  async list({ state, appId, after, limit }: BreakerFilter): Promise<BreakerStatus[]> {
    return this.prisma.circuitBreakerState.findMany({
      where: {
        ...(state ? { state } : {}),
        ...(appId ? { appId } : {}),
        ...(after
          ? {
              OR: [
                { appId: { gt: after.appId } },
                { appId: after.appId, capability: { gt: after.capability } },
              ],
            }
          : {}),
      },
      orderBy: [{ appId: 'asc' }, { capability: 'asc' }],
      take: limit,
    });
  }

  async get(key: BreakerKey): Promise<{ breaker: BreakerStatus; history: BreakerTransition[] }> {
    const breaker = await this.prisma.circuitBreakerState.findUnique({ where: { appId_capability: key } });
    if (!breaker) throw new BreakerNotFoundError(key);
    const history = await this.prisma.circuitBreakerTransition.findMany({
      where: key,
      orderBy: { id: 'desc' },
      take: HISTORY,
    });
    return { breaker, history };
  }

  async reset(key: BreakerKey, actor: string): Promise<void> {
    if (!(await this.breakers.reset(key, actor))) throw new BreakerNotFoundError(key);
  }
}
