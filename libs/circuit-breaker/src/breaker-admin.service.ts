import { Injectable } from '@nestjs/common';
import {
  BreakerAdminStore,
  type BreakerFilter,
  type BreakerStatus,
  type BreakerTransition,
} from './breaker-admin.store.js';
import { BreakerNotFoundError } from './breaker-not-found.error.js';
import { CircuitBreakers } from './circuit-breakers.service.js';
import type { BreakerKey, ForcedBy } from './breaker.store.js';
import type { BreakerPolicy } from './circuit.js';
import type { Order } from './change-of.js';

export interface BreakerStory {
  breaker: BreakerStatus;
  /** Newest first. */
  history: BreakerTransition[];
  /** What its app sets of the policy. */
  ownPolicy: Partial<BreakerPolicy> | null;
}

/** What people see of breakers and do with them; not used on the hot path. */
@Injectable()
export class BreakerAdmin {
  constructor(
    private readonly store: BreakerAdminStore,
    private readonly breakers: CircuitBreakers,
  ) {}

  /** @param as the app whose key is used; null is the platform itself */
  async list(filter: BreakerFilter, as: string | null = null): Promise<BreakerStatus[]> {
    return this.store.list(filter, as);
  }

  /** @throws BreakerNotFoundError when the app has no such capability */
  async get(key: BreakerKey, as: string | null = null): Promise<BreakerStory> {
    const breaker = await this.store.get(key, as);
    if (!breaker) throw new BreakerNotFoundError(key);
    return {
      breaker,
      history: await this.store.history(key, as),
      ownPolicy: await this.store.ownPolicy(key),
    };
  }

  /**
   * Closes a breaker by hand; a breaker that never failed is closed already.
   * @throws BreakerNotFoundError when the app has no such capability
   * @throws BreakerForcedError when a person forced it
   */
  async reset(key: BreakerKey, actor: string): Promise<void> {
    if (!(await this.store.get(key, null))) throw new BreakerNotFoundError(key);
    await this.breakers.reset(key, actor);
  }

  /**
   * Forces a state, which stays until `automatic`, or makes it automatic again.
   * @throws BreakerNotFoundError when the app has no such capability
   */
  async order(key: BreakerKey, order: Order, by: ForcedBy): Promise<void> {
    if (!(await this.store.get(key, null))) throw new BreakerNotFoundError(key);
    await this.breakers.order(key, order, by);
  }
}
