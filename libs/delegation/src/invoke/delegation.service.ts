import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import {
  CallGate,
  CircuitBreakers,
  isSlow,
  type BreakerKey,
  type BreakerPolicy,
  type CallResult,
} from '@breakwater/circuit-breaker';
import {
  AcceptDelivery,
  breakerPolicy,
  callAttributes,
  describeOutcome,
  InvocationLog,
  judge,
  tellOutcome,
  type InvocationAnswer,
} from '@breakwater/delivery';
import { CapabilityNotFoundError, EndpointDirectory, type ResolvedEndpoint } from '@breakwater/manifest';
import { Config, newId, Tracing } from '@breakwater/platform';
import {
  countsAsFailure,
  RESPONSE_CAP_BYTES,
  WebhookClient,
  type JsonDocument,
  type Outcome,
  type Timed,
} from '@breakwater/webhook-client';
import type { FallbackCall, FallbackReason } from '../fallback/fallback-strategy.service.js';
import { Fallbacks } from '../fallback/fallbacks.service.js';
import { LastAnswers } from '../fallback/last-answers.service.js';
import { OrganizerNotice } from '../notice/organizer-notice.service.js';
import { readAnswer } from '../payload/app-answer.js';
import {
  AppTimeoutError,
  AppUnavailableError,
  CallerGoneError,
  FallbackFailedError,
} from './invoke.error.js';

export interface InvokeRequest {
  appId: string;
  capability: string;
  /** The payload's bytes as the caller wrote them; the app gets just these. */
  body: Buffer;
  /** For fallbacks and notices; never sent to the app. */
  context: Readonly<Record<string, unknown>>;
  /** The context's JSON text; made of `context` where the caller left none. */
  contextBytes?: Buffer;
  requestId: string;
  /** Of async capabilities only. */
  idempotencyKey?: string;
  /** Aborts when the caller hangs up. */
  signal?: AbortSignal;
}

export type InvokeResult =
  | { kind: 'accepted'; deliveryId: string; replayed: boolean; reason?: FallbackReason }
  | {
      kind: 'answered';
      source: 'primary' | 'fallback';
      /** JSON text as the app, the manifest or the caller's context has it: never parsed and printed again. */
      data: Buffer;
      /** The app's own no. */
      error?: { code: string; message: string };
      reason?: FallbackReason;
      strategy?: string;
      ageMs?: number;
    };

/** When a probe that could not be claimed is worth another try, ms. */
const PROBE_AGAIN_MS = 1_000;

/** Of the 500 ms between a timeout and its fallback's answer, what the breaker's row may take; mostly it takes 1 or 2. */
const TOLD_WITHIN_MS = 300;

/** What a sync call came to before any fallback. */
type Tried =
  | {
      called: true;
      outcome: Outcome & Timed;
      /** The breaker knows of it. */
      told: Promise<void>;
      /** The answer waits for that: a failure may have opened it, a probe is free for the next call. */
      awaited: boolean;
    }
  | { called: false; reason: FallbackReason; detail: string; retryInMs?: number };

/** Asks an app's capability and always answers in time: the app, or its fallback (rows D1–D7). */
@Injectable()
export class Delegation {
  private readonly log = new Logger('Delegation');

  constructor(
    private readonly endpoints: EndpointDirectory,
    private readonly breakers: CircuitBreakers,
    private readonly gate: CallGate,
    private readonly webhooks: WebhookClient,
    private readonly deliveries: AcceptDelivery,
    private readonly invocations: InvocationLog,
    private readonly fallbacks: Fallbacks,
    private readonly lastAnswers: LastAnswers,
    private readonly notice: OrganizerNotice,
    private readonly tracing: Tracing,
    private readonly config: Config,
  ) {}

  /**
   * @throws CapabilityNotFoundError; AppTimeoutError, AppUnavailableError, FallbackFailedError when nobody answers;
   * CallerGoneError; for async capabilities what AcceptDelivery throws
   */
  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const endpoint = await this.endpoints.find(request.appId, request.capability);
    if (!endpoint || endpoint.kind !== 'capability' || endpoint.status === 'removed') {
      throw new CapabilityNotFoundError(request.appId, request.capability);
    }
    if (endpoint.async) return this.enqueue(endpoint, request);
    const id = newId();
    const startedAt = new Date();
    const tried = await this.ask(id, endpoint, request);
    const record = (answer: InvocationAnswer): void =>
      this.record({ id, startedAt, endpoint, request, tried, answer });
    if (tried.called && tried.outcome.kind === 'aborted') {
      record({ source: null, strategy: null, reason: 'aborted' });
      throw new CallerGoneError();
    }
    // The next caller finds the breaker as this call left it, also where there is no fallback.
    const told = tried.called && tried.awaited ? atMost(TOLD_WITHIN_MS, tried.told) : null;
    if (tried.called && tried.outcome.kind === 'delivered') {
      record({ source: 'primary', strategy: null, reason: null });
      await told;
      return this.primary(endpoint, tried.outcome.json!);
    }
    const [fellBack] = await Promise.allSettled([this.fallBack(endpoint, request, tried, record), told]);
    if (fellBack.status === 'rejected') throw fellBack.reason;
    const answer = fellBack.value;
    if (answer.kind === 'answered') {
      this.tracing.note({ 'breakwater.source': answer.source, 'breakwater.reason': answer.reason ?? '' });
    }
    return answer;
  }

  private async enqueue(endpoint: ResolvedEndpoint, request: InvokeRequest): Promise<InvokeResult> {
    const { body, requestId, idempotencyKey } = request;
    const accepted = await this.deliveries.accept({
      ...{ endpoint, kind: 'invocation', requestId, body, contentType: 'application/json' },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return { kind: 'accepted', ...accepted };
  }

  private async ask(id: string, endpoint: ResolvedEndpoint, request: InvokeRequest): Promise<Tried> {
    if (endpoint.status !== 'active' || endpoint.appStatus !== 'active') {
      return { called: false, reason: 'endpoint_disabled', detail: endpoint.disabledReason ?? '' };
    }
    if (endpoint.isPaused) return { called: false, reason: 'paused', detail: endpoint.pausedReason ?? '' };
    const key: BreakerKey = { appId: endpoint.appId, capability: endpoint.capability };
    const policy = breakerPolicy(endpoint.breaker, this.config.circuitBreaker);
    // Only a probe's claim needs the database: without it the circuit stays as open as it is believed to be.
    const leave = await this.breakers.admit(key, policy, endpoint.timeoutMs).catch((error: Error) => {
      this.log.warn({ msg: 'probe could not be claimed', ...key, error: error.message });
      return { kind: 'refused', key, retryInMs: PROBE_AGAIN_MS } as const;
    });
    if (leave.kind === 'refused') {
      return { called: false, reason: 'circuit_open', detail: '', retryInMs: leave.retryInMs };
    }
    const gated = await this.gate.run(key, () => this.send(id, endpoint, request), countsAsFailure);
    const result = gated.ran ? judge(gated.value) : ({ judged: 'ignored' } as const);
    const told = this.breakers.report(leave, result).catch((error: Error) => {
      this.log.warn({ msg: 'breaker could not be told of a result', ...key, error: error.message });
    });
    return gated.ran
      ? {
          called: true,
          outcome: gated.value,
          told,
          awaited: leave.kind === 'probe' || mayOpen(policy, result),
        }
      : { called: false, reason: 'bulkhead_full', detail: '' };
  }

  private send(
    id: string,
    endpoint: ResolvedEndpoint,
    { body, requestId, signal }: InvokeRequest,
  ): Promise<Outcome & Timed> {
    if (endpoint.secretProblem !== null) {
      return Promise.resolve({
        kind: 'misconfigured',
        code: 'SECRET_DAMAGED',
        message: endpoint.secretProblem,
        durationMs: 0,
      });
    }
    const attributes = this.tracing.isOn ? { attributes: callAttributes(endpoint, id, 1) } : {};
    return this.tracing.span('call capability', { kind: 'client', ...attributes }, async (span) => {
      const outcome = await this.webhooks.send(
        {
          appId: endpoint.appId,
          url: endpoint.url,
          body,
          contentType: 'application/json',
          timeoutMs: endpoint.timeoutMs,
          webhookId: id,
          secrets: endpoint.secrets,
          customHeaders: endpoint.headers,
          kind: 'capability',
          requestId,
          attempt: 1,
          maxAttempts: 1,
          keepBytes: RESPONSE_CAP_BYTES,
          expectJson: true,
          ...(span.traceparent === undefined ? {} : { traceparent: span.traceparent }),
        },
        signal,
      );
      tellOutcome(span, outcome);
      return outcome;
    });
  }

  private primary(endpoint: ResolvedEndpoint, json: JsonDocument): InvokeResult {
    const answer = readAnswer(json);
    const answered = { kind: 'answered', source: 'primary', data: answer.data } as const;
    if (!answer.success) return { ...answered, error: answer.error };
    if (endpoint.fallback.strategy === 'last_success') this.lastAnswers.keep(endpoint, answer.data);
    return answered;
  }

  private async fallBack(
    endpoint: ResolvedEndpoint,
    request: InvokeRequest,
    tried: Tried,
    record: (answer: InvocationAnswer) => void,
  ): Promise<InvokeResult> {
    const { body, context, requestId } = request;
    const contextBytes = request.contextBytes ?? Buffer.from(JSON.stringify(context));
    const { strategy } = endpoint.fallback;
    const reason = tried.called ? (tried.outcome.kind as FallbackReason) : tried.reason;
    const call: FallbackCall = { endpoint, requestId, body, context, contextBytes, reason };
    const answer = await this.fallbacks.answer(call).catch((cause: unknown) => {
      record({ source: null, strategy, reason });
      throw new FallbackFailedError(strategy, { cause });
    });
    record({ source: answer.kind === 'none' ? null : 'fallback', strategy, reason });
    switch (answer.kind) {
      case 'json': {
        this.notice.tell(call);
        const { json: data, ageMs } = answer;
        const answered = { kind: 'answered', source: 'fallback', reason, strategy, data } as const;
        return ageMs === undefined ? answered : { ...answered, ageMs };
      }
      case 'accepted':
        this.notice.tell(call);
        return { kind: 'accepted', deliveryId: answer.deliveryId, replayed: false, reason };
      case 'none':
        throw noAnswer(endpoint, tried, reason);
    }
  }

  private record({ id, startedAt, endpoint, request, tried, answer }: Call): void {
    this.invocations.record({
      id,
      appId: endpoint.appId,
      endpointId: endpoint.id,
      capability: endpoint.capability,
      requestId: request.requestId,
      body: request.body,
      contentType: 'application/json',
      timeoutMs: endpoint.timeoutMs,
      startedAt,
      url: endpoint.url,
      outcome: tried.called ? tried.outcome : null,
      answer,
    });
  }
}

/** A sync call when it is over. */
interface Call {
  id: string;
  startedAt: Date;
  endpoint: ResolvedEndpoint;
  request: InvokeRequest;
  tried: Tried;
  answer: InvocationAnswer;
}

/** Whether a result may open its breaker: a failure, or a slow call where these are looked at. */
function mayOpen(policy: BreakerPolicy, result: CallResult): boolean {
  if (result.judged === 'ignored') return false;
  return result.judged === 'failure' || isSlow(policy, result.durationMs ?? 0);
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  await Promise.race([work, delay(ms, undefined, { ref: false })]);
}

function noAnswer(endpoint: ResolvedEndpoint, tried: Tried, reason: FallbackReason): Error {
  if (reason === 'timeout') return new AppTimeoutError(reason, endpoint.timeoutMs);
  if (tried.called) return new AppUnavailableError(reason, describeOutcome(tried.outcome).error ?? '');
  return new AppUnavailableError(reason, tried.detail, tried.retryInMs);
}
