import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CircuitBreakers, type BreakerKey, type CircuitState } from '@breakwater/circuit-breaker';
import { EndpointDirectory } from '@breakwater/manifest';
import { Config, WakeUpQueue } from '@breakwater/platform';
import { ClaimStore, type Claim } from './claim.store.js';
import type { Caller } from './fair-share.js';
import { REST_MS, WindowStore } from './window.store.js';

/** What a call tells about its endpoint. */
export interface CallEnd {
  /** A timeout, a 429 or a 5xx. */
  trouble: boolean;
  delivered: boolean;
}

/**
 * Moves deliveries from the backlog in PostgreSQL into the queue as their endpoint has free capacity.
 * @see docs/adr/0019-rest-after-trouble.md
 */
@Injectable()
export class Windows implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(Windows.name);
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly store: WindowStore,
    private readonly claims: ClaimStore,
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

  /** Adds a wake-up for one delivery. @param delayMs from now; 0 or absent means at once */
  async wake(deliveryId: string, delayMs = 0): Promise<void> {
    await this.queue.add([{ deliveryId, delayMs }]);
  }

  /**
   * Adjusts the window after a call and starts the next delivery. A failure here only delays it until the
   * next sweep.
   */
  afterCall(claim: Claim, end: CallEnd): void {
    this.track(this.next(claim, end));
  }

  /**
   * The app may have capacity in this process again. Endpoints that were refused because of its share are
   * attempted here; if this process is behind, or the endpoint has a rate or an order, their deliveries are
   * promoted instead.
   */
  continueApp(appId: string): void {
    for (const refused of this.claims.askAgain(appId)) {
      if (!refused.paced && this.attemptHere(refused, true)) continue;
      this.claims.answered(appId);
      this.track(this.promote(refused.endpointId));
    }
  }

  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => this.warn(error))
      .finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  /** @returns false when this process is behind: then any free process may take it */
  private attemptHere({ appId, endpointId }: Caller, wasRefused: boolean): boolean {
    return this.queue.doHere({ nextOf: { appId, endpointId }, wasRefused });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async next(claim: Claim, end: CallEnd): Promise<void> {
    const { endpointId, startedAt } = claim;
    const { trouble, delivered } = end;
    const widens = delivered && claim.width < claim.concurrency;
    if ((trouble || widens) && (await this.store.adjust({ endpointId, trouble, startedAt })))
      await setTimeout(REST_MS);
    if (this.mayGoOnHere(claim, end) && this.attemptHere(claim, false)) return;
    await this.promote(endpointId);
  }

  /**
   * The process that ends a call makes the endpoint's next call, without the queue. Promotion decides instead
   * when the endpoint has a rate or an order, its breaker is open, or its trouble is recent.
   */
  private mayGoOnHere(claim: Claim, { trouble }: CallEnd): boolean {
    const { width, concurrency, paced } = claim;
    return !trouble && !paced && width >= concurrency && this.breakers.stateOf(claim) === 'closed';
  }

  private warn({ message }: Error): void {
    this.log.warn(`the next deliveries are left to the sweeper: ${message}`);
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
