import { Injectable } from '@nestjs/common';
import { CallEndpoint, type EndpointCall } from '@breakwater/calling';
import { EndpointDirectory, type ResolvedEndpoint } from '@breakwater/manifest';
import { Config, Slots, type Work } from '@breakwater/platform';
import { planRetries, type RetryPlan } from '../retry/retry-plan.js';
import { lastAttemptOf, standardPlan } from '../retry/standard-plan.js';
import { ClaimStore, type Claim, type ClaimResult } from './claim.store.js';
import { FinishAttempt, type AttemptReport } from './finish-attempt.service.js';
import { atOtherUrl } from './at-other-url.js';
import { forwardOf } from './forward-of.js';
import { obstacleTo, type Obstacle } from './obstacle.js';
import { Windows } from './windows.service.js';

/** The result of an attempt, known when its call slot is free again. */
type Ended =
  | { kind: 'nothing' }
  /** It may not be called yet. */
  | { kind: 'wake_later'; deliveryId: string; delayMs: number }
  /** What its call needs could not be read: nothing was sent. */
  | { kind: 'unready'; claim: Claim; error: Error }
  /** It must not be called any more. */
  | { kind: 'obstructed'; claim: Claim; obstacle: Obstacle }
  | { kind: 'tried'; claim: Claim; endpoint: ResolvedEndpoint; plan: RetryPlan; call: EndpointCall };

/** Makes the next attempt of a delivery: claim (docs/adr/0005-claim-is-a-function.md), call, decide, finish. */
@Injectable()
export class AttemptDelivery {
  private readonly stopping = new AbortController();
  private readonly slots: Slots;

  constructor(
    private readonly claims: ClaimStore,
    private readonly endpoints: EndpointDirectory,
    private readonly calls: CallEndpoint,
    private readonly finish: FinishAttempt,
    private readonly windows: Windows,
    private readonly config: Config,
  ) {
    this.slots = new Slots(config.queue.concurrency);
  }

  /** Makes at most QUEUE_CONCURRENCY calls at once. The work after a call does not hold its slot. */
  async execute(work: Work): Promise<AttemptReport> {
    const ended = await this.slots.run(() => this.attempt(work));
    return this.settle(ended);
  }

  /** Aborts the calls in progress; each is recorded and made again later. */
  abort(): void {
    this.stopping.abort(new Error('the worker is stopping'));
  }

  private async attempt(work: Work): Promise<Ended> {
    const claimed = await this.claim(work);
    switch (claimed.decision) {
      case 'claimed':
        return this.callClaimed(claimed.claim);
      case 'unread':
        this.free(claimed.claim);
        return { kind: 'unready', claim: claimed.claim, error: claimed.error };
      case 'rate_limited':
      case 'locked':
        return { kind: 'wake_later', deliveryId: claimed.deliveryId, delayMs: claimed.delayMs };
      case 'app_full':
        this.windows.continueApp(claimed.appId); // There may be capacity now.
        return { kind: 'nothing' };
      default:
        return { kind: 'nothing' };
    }
  }

  private async claim(work: Work): Promise<ClaimResult> {
    if ('deliveryId' in work) return this.claims.claim(work.deliveryId);
    if (!work.wasRefused) return this.claims.claimNext(work.nextOf);
    const { appId } = work.nextOf;
    const claimed = await this.claims.claimNext(work.nextOf).finally(() => this.claims.answered(appId));
    // Possibly nothing was waiting any more: offer the capacity to the next endpoint.
    if (claimed.decision === 'nothing') this.windows.continueApp(appId);
    return claimed;
  }

  private async callClaimed(claim: Claim): Promise<Ended> {
    try {
      const found = await this.find(claim.endpointId);
      if (found.error) return { kind: 'unready', claim, error: found.error };
      const { endpoint } = found;
      const plan = planRetries(endpoint?.retry ?? null, standardPlan(this.config.retry));
      const obstacle = obstacleTo(claim, endpoint, plan.maxAttempts);
      if (obstacle || !endpoint) return { kind: 'obstructed', claim, obstacle: obstacle! };
      const message = {
        ...messageOf({ ...claim, body: claim.body! }, plan),
        forward: forwardOf(claim, endpoint),
      };
      const { signal } = this.stopping;
      if (claim.targetUrl === null)
        return {
          kind: 'tried',
          claim,
          endpoint,
          plan,
          call: await this.calls.make(endpoint, message, signal),
        };
      const other = atOtherUrl(endpoint, claim.targetUrl);
      const call = await this.calls.makeWithoutBreaker(other, message, signal);
      return { kind: 'tried', claim, endpoint: other, plan, call };
    } finally {
      this.free(claim);
    }
  }

  private async find(endpointId: string): Promise<{ endpoint: ResolvedEndpoint | null; error?: Error }> {
    try {
      return { endpoint: await this.endpoints.byId(endpointId) };
    } catch (error) {
      return { endpoint: null, error: error as Error };
    }
  }

  /** The capacity of this process that the claim took goes to the next. */
  private free(claim: Claim): void {
    this.claims.callEnded(claim);
    this.windows.continueApp(claim.appId);
  }

  private async settle(ended: Ended): Promise<AttemptReport> {
    switch (ended.kind) {
      case 'nothing':
        return { next: 'nothing' };
      case 'wake_later':
        return this.finish.wakeLater(ended.deliveryId, ended.delayMs);
      case 'unready':
        return this.finish.giveBack(ended.claim, ended.error);
      case 'obstructed':
        return this.finish.bury(ended.claim, ended.obstacle);
      case 'tried':
        return this.finish.afterCall(ended);
    }
  }
}

function messageOf(claim: Claim & { body: Buffer }, plan: RetryPlan) {
  return {
    mode: 'async',
    kind: claim.kind === 'event' ? 'event' : 'capability',
    deliveryId: claim.deliveryId,
    requestId: claim.requestId,
    body: claim.body,
    contentType: claim.contentType,
    timeoutMs: claim.timeoutMs,
    attempt: claim.attempt,
    maxAttempts: lastAttemptOf(claim.attempt, claim.attemptsCounted, plan.maxAttempts),
    sentAt: claim.startedAt,
    traceParent: claim.traceParent,
  } as const;
}
