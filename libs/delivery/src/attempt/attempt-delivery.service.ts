import { Injectable } from '@nestjs/common';
import {
  CallGate,
  CircuitBreakers,
  type Admission,
  type BreakerKey,
  type CallResult,
} from '@breakwater/circuit-breaker';
import { EndpointDirectory, type ResolvedEndpoint } from '@breakwater/manifest';
import { Config, Tracing, WakeUpQueue } from '@breakwater/platform';
import {
  classify,
  countsAsFailure,
  RESPONSE_KEEP_BYTES,
  WebhookClient,
  type Outcome,
  type Timed,
} from '@breakwater/webhook-client';
import { decide, type Verdict } from '../retry/decide.js';
import { planRetries, type RetryPlan } from '../retry/retry-plan.js';
import { lastAttemptOf, standardPlan } from '../retry/standard-plan.js';
import { AttemptLog } from './attempt-log.service.js';
import { breakerPolicy } from './breaker-policy.js';
import { callAttributes, tellOutcome } from './call-span.js';
import { CallSlots } from './call-slots.js';
import { ClaimStore, type Claim, type ClaimResult } from './claim.store.js';
import { describeOutcome, isStrained } from './describe-outcome.js';
import type { Caller, Refused } from './fair-share.js';
import { FinishStore, type Finish } from './finish.store.js';
import { obstacleTo, type Obstacle } from './obstacle.js';
import { persistently } from './persistently.service.js';
import { Windows } from './windows.service.js';

/** A call turned away by this process' own bulkhead comes back after this, ms. */
const BULKHEAD_DELAY_MS = 1_000;
/** Longest wait for a probe that is under way: its result is usually known long before its lease is over, ms. */
const HALF_OPEN_DELAY_MS = 1_000;

export type AttemptReport = { next: 'nothing' | 'postponed' | 'buried' | 'lost' } | Verdict;

/** What is left to do once a call has given its slot back. */
type WhatFollows = () => Promise<AttemptReport>;

/** Makes the next attempt of a delivery: claim, gate, send, decide, finish. */
@Injectable()
export class AttemptDelivery {
  private readonly stopping = new AbortController();
  private readonly slots: CallSlots;

  constructor(
    private readonly claims: ClaimStore,
    private readonly finishes: FinishStore,
    private readonly windows: Windows,
    private readonly endpoints: EndpointDirectory,
    private readonly breakers: CircuitBreakers,
    private readonly gate: CallGate,
    private readonly webhooks: WebhookClient,
    private readonly queue: WakeUpQueue,
    private readonly log: AttemptLog,
    private readonly tracing: Tracing,
    private readonly config: Config,
  ) {
    this.slots = new CallSlots(config.queue.concurrency);
  }

  /** Never makes more calls at once than QUEUE_CONCURRENCY; what follows a call no longer takes its slot. */
  async execute(deliveryId: string): Promise<AttemptReport> {
    return this.attempt(() => this.claims.claim(deliveryId));
  }

  /** The next attempt of whatever is parked for this endpoint. */
  private async executeNext(of: Caller): Promise<AttemptReport> {
    return this.attempt(() => this.claims.claimNext(of));
  }

  /** An app has room again in this process: what was refused for its share is asked again. */
  private askAgain(appId: string): void {
    for (const refused of this.claims.askAgain(appId)) {
      const isHere = this.windows.goOnWith(refused, () => this.attempt(() => this.claimRefused(refused)));
      if (!isHere) this.claims.answered(appId);
    }
  }

  private async claimRefused(refused: Refused): Promise<ClaimResult> {
    const { appId } = refused;
    const claimed = await this.claims.claimNext(refused).finally(() => this.claims.answered(appId));
    // Nothing may have been waiting for it any more: the room is the next one's.
    if (claimed.decision === 'nothing') this.askAgain(appId);
    return claimed;
  }

  private async attempt(claim: () => Promise<ClaimResult>): Promise<AttemptReport> {
    const whatFollows = await this.slots.run(async () => this.callIfClaimed(await claim()));
    return whatFollows();
  }

  private async callIfClaimed(claimed: ClaimResult): Promise<WhatFollows> {
    if (claimed.decision === 'rate_limited' || claimed.decision === 'locked')
      return () => this.comeBack(claimed.deliveryId, claimed.delayMs);
    if (claimed.decision === 'app_full') this.askAgain(claimed.appId); // there may be room by now
    if (claimed.decision !== 'claimed') return async () => ({ next: 'nothing' });
    try {
      return await this.callUnlessObstructed(claimed.claim);
    } finally {
      this.claims.callEnded(claimed.claim);
      this.askAgain(claimed.claim.appId);
    }
  }

  private async callUnlessObstructed(claim: Claim): Promise<WhatFollows> {
    const endpoint = await this.endpoints.byId(claim.endpointId);
    const plan = planRetries(endpoint?.retry ?? null, standardPlan(this.config.retry));
    const obstacle = obstacleTo(claim, endpoint, plan.maxAttempts);
    if (obstacle || !endpoint) return () => this.bury(claim, obstacle!);
    return this.call(claim, endpoint, plan);
  }

  /** Cuts off the calls under way; each is written down and made again later. */
  abort(): void {
    this.stopping.abort(new Error('the worker is stopping'));
  }

  private async call(claim: Claim, endpoint: ResolvedEndpoint, plan: RetryPlan): Promise<WhatFollows> {
    const key: BreakerKey = { appId: claim.appId, capability: claim.capability };
    const policy = breakerPolicy(endpoint.breaker, this.config.circuitBreaker);
    const leave = await this.breakers.admit(key, policy, claim.timeoutMs);
    if (leave.kind === 'refused') {
      if (claim.expired) {
        const error = 'its circuit breaker stayed open for too long';
        return () => this.bury(claim, { reason: 'circuit_open', error });
      }
      const probing = this.breakers.stateOf(key) === 'half_open';
      const delayMs = probing ? Math.min(leave.retryInMs, HALF_OPEN_DELAY_MS) : leave.retryInMs;
      return () => this.postpone(claim, endpoint, delayMs, 'circuit_open');
    }
    const gated = await this.gate.run(key, () => this.send(claim, endpoint, plan), countsAsFailure);
    if (!gated.ran) {
      return async () => {
        await this.breakers.report(leave, { judged: 'ignored' });
        return this.postpone(claim, endpoint, BULKHEAD_DELAY_MS, 'endpoint_slot');
      };
    }
    return () => this.settle(leave, claim, endpoint, gated.value, plan);
  }

  private async settle(
    leave: Admission,
    claim: Claim,
    endpoint: ResolvedEndpoint,
    outcome: Outcome & Timed,
    plan: RetryPlan,
  ): Promise<AttemptReport> {
    // A breaker that cannot be told must not keep a result from being written down.
    await this.breakers
      .report(leave, judge(outcome))
      .catch((error: Error) => this.log.trouble('breaker', claim, error));
    const verdict = decide(outcome, claim.attemptsCounted + 1, plan, Math.random());
    return this.finish(claim, endpoint, outcome, verdict, plan);
  }

  private async comeBack(deliveryId: string, delayMs: number): Promise<AttemptReport> {
    await this.queue.add([{ deliveryId, delayMs }]);
    return { next: 'postponed' };
  }

  private send(claim: Claim, endpoint: ResolvedEndpoint, plan: RetryPlan): Promise<Outcome & Timed> {
    if (endpoint.secretProblem !== null) {
      return Promise.resolve({
        kind: 'misconfigured',
        code: 'SECRET_DAMAGED',
        message: endpoint.secretProblem,
        durationMs: 0,
      });
    }
    return this.traced(claim, endpoint, (traceparent) =>
      this.webhooks.send(
        {
          appId: claim.appId,
          url: endpoint.url,
          body: claim.body,
          contentType: claim.contentType,
          timeoutMs: claim.timeoutMs,
          webhookId: claim.deliveryId,
          secrets: endpoint.secrets,
          customHeaders: endpoint.headers,
          kind: claim.kind === 'event' ? 'event' : 'capability',
          requestId: claim.requestId,
          attempt: claim.attempt,
          maxAttempts: lastAttemptOf(claim.attempt, claim.attemptsCounted, plan.maxAttempts),
          sentAt: claim.startedAt,
          keepBytes: RESPONSE_KEEP_BYTES,
          expectJson: false,
          ...(traceparent === undefined ? {} : { traceparent }),
        },
        this.stopping.signal,
      ),
    );
  }

  /** The call's span belongs to the trace of what accepted the delivery, in whatever process that was. */
  private traced(
    claim: Claim,
    endpoint: ResolvedEndpoint,
    send: (traceparent: string | undefined) => Promise<Outcome & Timed>,
  ): Promise<Outcome & Timed> {
    if (!this.tracing.isOn) return send(undefined);
    const attributes = callAttributes(endpoint, claim.deliveryId, claim.attempt);
    return this.tracing.span(
      'attempt delivery',
      { kind: 'client', parent: claim.traceParent, attributes },
      async (span) => {
        const outcome = await send(span.traceparent);
        tellOutcome(span, outcome);
        return outcome;
      },
    );
  }

  private async finish(
    claim: Claim,
    endpoint: ResolvedEndpoint,
    outcome: Outcome & Timed,
    verdict: Verdict,
    plan: RetryPlan,
  ): Promise<AttemptReport> {
    if (verdict.next === 'dead' && verdict.disableEndpoint) {
      // Before the claim is given back: whoever takes its place must find the endpoint out of use.
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
        },
        timeoutMs: endpoint.timeoutMs,
        maxAttempts: lastAttemptOf(claim.attempt, claim.attemptsCounted, plan.maxAttempts),
      }),
    );
    this.log.attempt(claim, endpoint, outcome, verdict, plan, held);
    if (!held) return { next: 'lost' };
    if (verdict.next === 'retry')
      await this.queue.add([{ deliveryId: claim.deliveryId, delayMs: verdict.delayMs }]);
    if (verdict.next === 'again') await this.queue.add([{ deliveryId: claim.deliveryId }]);
    this.windows.afterCall(
      claim,
      { trouble: isStrained(outcome), delivered: outcome.kind === 'delivered' },
      () => this.executeNext(claim),
    );
    return verdict;
  }

  private async bury(claim: Claim, { reason, error }: Obstacle): Promise<AttemptReport> {
    const category = reason === 'non_retryable' ? 'NON_RETRYABLE' : 'RETRYABLE';
    const held = await this.persist(claim, () =>
      this.finishes.finish({
        ...identity(claim),
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

  private async postpone(
    claim: Claim,
    endpoint: ResolvedEndpoint,
    delayMs: number,
    reason: 'circuit_open' | 'endpoint_slot',
  ): Promise<AttemptReport> {
    const { deliveryId, token } = claim;
    const held = await this.persist(claim, () =>
      this.finishes.postpone({ deliveryId, token, delayMs, reason, timeoutMs: endpoint.timeoutMs }),
    );
    if (!held) return { next: 'lost' };
    this.log.postponed(claim, reason, delayMs);
    await this.queue.add([{ deliveryId, delayMs }]);
    return { next: 'postponed' };
  }

  /** The database may be away for a moment: the result is held as long as the claim is. */
  private persist(claim: Claim, write: () => Promise<boolean>): Promise<boolean> {
    return persistently(write, this.config.delivery.leaseMarginMs, (error) =>
      this.log.trouble('database', claim, error),
    );
  }
}

function identity({
  deliveryId,
  token,
  endpointId,
}: Claim): Pick<Finish, 'deliveryId' | 'token' | 'endpointId'> {
  return { deliveryId, token, endpointId };
}

function endOf(
  claim: Claim,
  verdict: Verdict,
  error: string | null,
): Omit<Finish, 'attempt' | 'timeoutMs' | 'maxAttempts'> {
  const common = { ...identity(claim), next: verdict.next, delayMs: null, dead: null };
  switch (verdict.next) {
    case 'done':
      return { ...common, status: 'completed' };
    case 'retry':
      return { ...common, status: 'pending', delayMs: verdict.delayMs };
    case 'again':
      return { ...common, status: 'pending', delayMs: 0 };
    case 'dead': {
      const { reason, errorClass } = verdict;
      return {
        ...common,
        status: 'dead_letter',
        dead: { reason, category: errorClass.category, error: error ?? '' },
      };
    }
  }
}

/** What the breaker makes of an outcome: an answer, whatever it says, shows that the receiver lives (row C2). */
export function judge(outcome: Outcome & Timed): CallResult {
  const { durationMs } = outcome;
  if (countsAsFailure(outcome))
    return { judged: 'failure', reason: describeOutcome(outcome).error ?? outcome.kind, durationMs };
  return outcome.kind === 'delivered' || outcome.kind === 'http_error'
    ? { judged: 'success', durationMs }
    : { judged: 'ignored' };
}
