import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CircuitBreakers, type BreakerKey, type CircuitState } from '@breakwater/circuit-breaker';
import { EndpointDirectory } from '@breakwater/manifest';
import { Config, WakeUpQueue } from '@breakwater/platform';
import type { Claim } from './claim.store.js';
import type { Refused } from './fair-share.js';
import { REST_MS, WindowStore } from './window.store.js';

/** What a call said about its endpoint. */
export interface CallEnd {
  /** A timeout, a 429 or a 5xx. */
  trouble: boolean;
  delivered: boolean;
}

/** Attempts whatever is parked for the endpoint. */
type AttemptNext = () => Promise<unknown>;

/** Moves deliveries from the backlog in Postgres into the queue as their endpoint has room for them. */
@Injectable()
export class Windows implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(Windows.name);
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly store: WindowStore,
    private readonly queue: WakeUpQueue,
    private readonly breakers: CircuitBreakers,
    private readonly directory: EndpointDirectory,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.directory.onLetGo((endpointIds) => {
      this.promote(...endpointIds).catch((error: Error) => this.warn(error));
    });
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

  /** Learns from a call and goes on with what comes next. Trouble here costs latency only: the sweeper makes it good. */
  afterCall(claim: Claim, end: CallEnd, attemptNext: AttemptNext): void {
    this.track(this.learn(claim, end, attemptNext));
  }

  /**
   * What is parked for an endpoint whose app has room again is attempted here, or where this process is behind or the
   * endpoint is paced, promoted.
   * @returns whether it is attempted here
   */
  goOnWith({ endpointId, paced }: Refused, attemptNext: AttemptNext): boolean {
    if (!paced && this.doHere(attemptNext)) return true;
    this.track(this.promote(endpointId).catch((error: Error) => this.warn(error)));
    return false;
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  private doHere(attemptNext: AttemptNext): boolean {
    return this.queue.doHere(() => attemptNext().catch((error: Error) => this.warn(error)));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async learn(claim: Claim, end: CallEnd, attemptNext: AttemptNext): Promise<void> {
    const { endpointId, startedAt } = claim;
    const { trouble, delivered } = end;
    const widens = delivered && claim.width < claim.concurrency;
    try {
      if ((trouble || widens) && (await this.store.adjust({ endpointId, trouble, startedAt })))
        await setTimeout(REST_MS);
      if (!this.goesOnHere(claim, end, attemptNext)) await this.promote(endpointId);
    } catch (error) {
      this.warn(error as Error);
    }
  }

  /**
   * Who ends a call makes the endpoint's next one, without the way through the queue, unless this process is behind.
   * Where a rate, an order or an open breaker is kept to, or trouble is not over yet, promotion sees to it.
   */
  private goesOnHere(claim: Claim, { trouble }: CallEnd, attemptNext: AttemptNext): boolean {
    const { width, concurrency, paced } = claim;
    if (trouble || paced || width < concurrency || this.breakers.stateOf(claim) !== 'closed') return false;
    return this.doHere(attemptNext);
  }

  private warn({ message }: Error): void {
    this.log.warn(`what comes next is left to the sweeper: ${message}`);
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
