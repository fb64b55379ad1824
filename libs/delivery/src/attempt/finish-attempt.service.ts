import { Injectable } from '@nestjs/common';
import { describeOutcome, isStrained, type EndpointCall } from '@breakwater/calling';
import { EndpointDirectory, type ResolvedEndpoint } from '@breakwater/manifest';
import { Chance, Config } from '@breakwater/platform';
import { classify, type Outcome, type Timed } from '@breakwater/webhook-client';
import { decide, type Verdict } from '../retry/decide.js';
import type { RetryPlan } from '../retry/retry-plan.js';
import { lastAttemptOf } from '../retry/standard-plan.js';
import { AttemptLog } from './attempt-log.service.js';
import type { Claim } from './claim.store.js';
import { endOf, identityOf } from './end-of.js';
import { FinishStore, type Postponement } from './finish.store.js';
import type { Obstacle } from './obstacle.js';
import { writeWithRetries } from './write-with-retries.io.js';
import { Windows } from './windows.service.js';

/** Delay of a call that this process' bulkhead refused, ms. */
const BULKHEAD_DELAY_MS = 1_000;
/** Longest wait for a probe in progress, ms: its result is usually known long before its lease expires. */
const HALF_OPEN_DELAY_MS = 1_000;
/** Delay after what a call needs could not be read, ms. */
const UNREADY_DELAY_MS = 1_000;

export type AttemptReport = { next: 'nothing' | 'postponed' | 'buried' | 'lost' } | Verdict;

/** A claimed delivery and the outcome of its call. */
export interface Tried {
  claim: Claim;
  endpoint: ResolvedEndpoint;
  plan: RetryPlan;
  call: EndpointCall;
}

/** Ends a claim: with the verdict on its outcome, by a postponement, or as a dead letter. */
@Injectable()
export class FinishAttempt {
  constructor(
    private readonly finishes: FinishStore,
    private readonly windows: Windows,
    private readonly endpoints: EndpointDirectory,
    private readonly log: AttemptLog,
    private readonly chance: Chance,
    private readonly config: Config,
  ) {}

  async afterCall({ claim, endpoint, plan, call }: Tried): Promise<AttemptReport> {
    switch (call.kind) {
      case 'called': {
        await call.reported;
        const verdict = decide(call.outcome, claim.attemptsCounted + 1, plan, this.chance.next());
        return this.finish(claim, endpoint, call.outcome, verdict, plan);
      }
      case 'refused': {
        if (claim.expired) {
          const error = 'its circuit breaker stayed open for too long';
          return this.bury(claim, { reason: 'circuit_open', error });
        }
        const { retryInMs, probing } = call;
        const delayMs = probing ? Math.min(retryInMs, HALF_OPEN_DELAY_MS) : retryInMs;
        return this.postpone(claim, { delayMs, reason: 'circuit_open', timeoutMs: endpoint.timeoutMs });
      }
      case 'crowded': {
        const { timeoutMs } = endpoint;
        return this.postpone(claim, { delayMs: BULKHEAD_DELAY_MS, reason: 'endpoint_slot', timeoutMs });
      }
    }
  }

  /** Nothing was sent: what the call needs could not be read. Without this the claim would last until its lease ends. */
  async giveBack(claim: Claim, error: Error): Promise<AttemptReport> {
    this.log.unready(claim, error);
    const { timeoutMs } = claim;
    return this.postpone(claim, { delayMs: UNREADY_DELAY_MS, reason: 'retry', timeoutMs });
  }

  /** The delivery may not be claimed yet. */
  async wakeLater(deliveryId: string, delayMs: number): Promise<AttemptReport> {
    await this.windows.wake(deliveryId, delayMs);
    return { next: 'postponed' };
  }

  /** The delivery must not be called any more. */
  async bury(claim: Claim, { reason, error }: Obstacle): Promise<AttemptReport> {
    const category = reason === 'non_retryable' ? 'NON_RETRYABLE' : 'RETRYABLE';
    const held = await this.persist(claim, () =>
      this.finishes.finish({
        ...identityOf(claim),
        attempt: null,
        status: 'dead_letter',
        next: 'dead',
        delayMs: null,
        dead: { reason, category, error },
        timeoutMs: claim.timeoutMs,
        maxAttempts: null,
      }),
    );
    this.log.buried(claim, reason, error, held);
    await this.windows.promote(claim.endpointId);
    return { next: held ? 'buried' : 'lost' };
  }

  private async finish(
    claim: Claim,
    endpoint: ResolvedEndpoint,
    outcome: Outcome & Timed,
    verdict: Verdict,
    plan: RetryPlan,
  ): Promise<AttemptReport> {
    // The result of a call to another URL says nothing about the endpoint.
    const isOwnUrl = claim.targetUrl === null;
    if (isOwnUrl && verdict.next === 'dead' && verdict.disableEndpoint) {
      // Before the claim is released: the next claim must find the endpoint disabled.
      await this.persist(claim, () =>
        this.endpoints.disableEndpoint(claim.endpointId, 'it answered 410 Gone'),
      );
    }
    const { response, ...record } = describeOutcome(outcome);
    const held = await this.persist(claim, () =>
      this.finishes.finish({
        ...endOf(claim, verdict, record.error),
        attempt: {
          ...record,
          counted: verdict.next !== 'again',
          errorClass: classify(outcome)?.name ?? null,
          durationMs: Math.round(outcome.durationMs),
          responseHeaders: response?.headers ?? null,
          responseBody: response?.body ?? null,
          truncated: response?.truncated ?? false,
          requestHeaders: outcome.requestHeaders ?? null,
          timings: outcome.timings ?? null,
        },
        timeoutMs: endpoint.timeoutMs, // of the next attempt: docs/adr/0012-deadline-stored-with-the-delivery.md
        maxAttempts: lastAttemptOf(claim.attempt, claim.attemptsCounted, plan.maxAttempts),
      }),
    );
    this.log.attempt({ claim, endpoint, plan, outcome, verdict, held });
    if (!held) return { next: 'lost' };
    if (verdict.next === 'retry') await this.windows.wake(claim.deliveryId, verdict.delayMs);
    if (verdict.next === 'again') await this.windows.wake(claim.deliveryId);
    this.windows.afterCall(claim, {
      trouble: isOwnUrl && isStrained(outcome),
      delivered: isOwnUrl && outcome.kind === 'delivered',
    });
    return verdict;
  }

  private async postpone(
    claim: Claim,
    wait: Pick<Postponement, 'delayMs' | 'reason' | 'timeoutMs'>,
  ): Promise<AttemptReport> {
    const { deliveryId, token } = claim;
    const { delayMs, reason } = wait;
    const held = await this.persist(claim, () => this.finishes.postpone({ deliveryId, token, ...wait }));
    if (!held) return { next: 'lost' };
    this.log.postponed(claim, reason, delayMs);
    await this.windows.wake(deliveryId, delayMs);
    return { next: 'postponed' };
  }

  /** The database may be unavailable for a moment: the write is retried as long as the claim is held. */
  private persist(claim: Claim, write: () => Promise<boolean>): Promise<boolean> {
    return writeWithRetries(write, this.config.delivery.leaseMarginMs, (error) =>
      this.log.trouble(claim, error),
    );
  }
}
