import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CircuitBreakers, type BreakerKey, type CircuitState } from '@breakwater/circuit-breaker';
import { Config, WakeUpQueue } from '@breakwater/platform';
import type { Claim } from './claim.store.js';
import { REST_MS, WindowStore } from './window.store.js';

/** Moves deliveries from the backlog in Postgres into the queue as their endpoint has room for them. */
@Injectable()
export class Windows implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(Windows.name);
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly store: WindowStore,
    private readonly queue: WakeUpQueue,
    private readonly breakers: CircuitBreakers,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    if (this.config.circuitBreaker.mode !== 'enforce') return;
    const warn = (key: BreakerKey, { message }: Error): void =>
      this.log.warn(`window of ${key.appId}/${key.capability}: ${message}`);
    this.breakers.onChange((key, state) => {
      this.follow(key, state).catch((error: Error) => warn(key, error));
    });
    this.breakers.onProbeSoon((key) => {
      this.offerProbes(key).catch((error: Error) => warn(key, error));
    });
  }

  /** Learns from a call and wakes what comes next. Trouble here costs latency only: the sweeper makes it good. */
  afterCall(claim: Claim, trouble: boolean, delivered: boolean): void {
    const learning = this.learn(claim, trouble, delivered).finally(() => this.underWay.delete(learning));
    this.underWay.add(learning);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async learn(claim: Claim, trouble: boolean, delivered: boolean): Promise<void> {
    try {
      if (trouble || (delivered && claim.width < claim.concurrency)) {
        const { endpointId, startedAt } = claim;
        if (await this.store.adjust({ endpointId, trouble, startedAt })) await setTimeout(REST_MS);
      }
      await this.promote(claim.endpointId);
    } catch (error) {
      this.log.warn(`promotion failed, left to the sweeper: ${(error as Error).message}`);
    }
  }

  async promote(...endpointIds: string[]): Promise<void> {
    const promoted = await Promise.all(endpointIds.map((id) => this.store.promote(id)));
    await this.queue.add(promoted.flat().map((deliveryId) => ({ deliveryId })));
  }

  private async follow({ appId, capability }: BreakerKey, state: CircuitState): Promise<void> {
    if (state === 'open') await this.store.narrowToOne(appId, capability);
    if (state === 'closed') await this.promote(...(await this.store.release(appId, capability)));
  }

  private async offerProbes({ appId, capability }: BreakerKey): Promise<void> {
    await this.promote(...(await this.store.offerProbes(appId, capability)));
  }
}
