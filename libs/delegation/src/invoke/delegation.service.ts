import { Injectable } from '@nestjs/common';
import { BREAKER_WITHIN_MS, CallEndpoint, describeOutcome, type EndpointCall } from '@breakwater/calling';
import { AcceptDelivery, InvocationLog, type InvocationAnswer } from '@breakwater/delivery';
import { CapabilityNotFoundError, EndpointDirectory, type ResolvedEndpoint } from '@breakwater/manifest';
import { newId, within } from '@breakwater/platform';
import type { JsonDocument } from '@breakwater/webhook-client';
import type { FallbackCall, FallbackReason } from '../fallback/fallback-strategy.service.js';
import { Fallbacks } from '../fallback/fallbacks.service.js';
import { LastAnswers } from '../fallback/last-answers.service.js';
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
  /** The payload's bytes as the caller wrote them; the app gets exactly these. */
  body: Buffer;
  /** For fallbacks and notices; never sent to the app. */
  context: Readonly<Record<string, unknown>>;
  /** The context's JSON text; made from `context` if the caller has none. */
  contextBytes?: Buffer;
  requestId: string;
  /** Only for async capabilities. */
  idempotencyKey?: string;
  /** Aborts when the caller disconnects. */
  signal?: AbortSignal;
}

export type InvokeResult =
  | { kind: 'accepted'; deliveryId: string; replayed: boolean; reason?: FallbackReason }
  | {
      kind: 'answered';
      source: 'primary' | 'fallback';
      /** JSON text as the app, the manifest or the caller's context has it: never parsed and printed again. */
      data: Buffer;
      /** The app's own refusal. */
      error?: { code: string; message: string };
      reason?: FallbackReason;
      strategy?: string;
      ageMs?: number;
    };

/** The result of a sync call before any fallback. */
type Tried =
  | Extract<EndpointCall, { kind: 'called' }>
  | { kind: 'not_called'; reason: FallbackReason; detail: string; retryInMs?: number };

/** Calls an app's capability and always answers in time: with the app's answer, or a fallback's. */
@Injectable()
export class Delegation {
  constructor(
    private readonly endpoints: EndpointDirectory,
    private readonly calls: CallEndpoint,
    private readonly deliveries: AcceptDelivery,
    private readonly invocations: InvocationLog,
    private readonly fallbacks: Fallbacks,
    private readonly lastAnswers: LastAnswers,
  ) {}

  /**
   * @throws CapabilityNotFoundError; AppTimeoutError, AppUnavailableError, FallbackFailedError when there is no
   * answer; CallerGoneError; for async capabilities what AcceptDelivery throws
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
    if (tried.kind === 'called' && tried.outcome.kind === 'aborted') {
      record({ source: null, strategy: null, reason: 'aborted' });
      throw new CallerGoneError();
    }
    // The next caller finds the breaker as this call left it, also where there is no fallback.
    const reported = tried.kind === 'called' && tried.changesBreaker ? reportedInTime(tried) : null;
    if (tried.kind === 'called' && tried.outcome.kind === 'delivered') {
      record({ source: 'primary', strategy: null, reason: null });
      await reported;
      return this.primary(endpoint, tried.outcome.json!);
    }
    const [fellBack] = await Promise.allSettled([this.fallBack(endpoint, request, tried, record), reported]);
    if (fellBack.status === 'rejected') throw fellBack.reason;
    return fellBack.value;
  }

  private async enqueue(endpoint: ResolvedEndpoint, request: InvokeRequest): Promise<InvokeResult> {
    const { body, requestId, idempotencyKey } = request;
    const accepted = await this.deliveries.accept({
      endpoint,
      kind: 'invocation',
      requestId,
      body,
      contentType: 'application/json',
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return { kind: 'accepted', ...accepted };
  }

  private async ask(id: string, endpoint: ResolvedEndpoint, request: InvokeRequest): Promise<Tried> {
    if (endpoint.status !== 'active' || endpoint.appStatus !== 'active')
      return notCalled('endpoint_disabled', endpoint.disabledReason);
    if (endpoint.isPaused) return notCalled('paused', endpoint.pausedReason);
    const call = await this.calls.make(
      endpoint,
      {
        mode: 'sync',
        kind: 'capability',
        deliveryId: id,
        requestId: request.requestId,
        body: request.body,
        contentType: 'application/json',
        timeoutMs: endpoint.timeoutMs,
        attempt: 1,
        maxAttempts: 1,
      },
      request.signal,
    );
    switch (call.kind) {
      case 'called':
        return call;
      case 'refused':
        return { ...notCalled('circuit_open'), retryInMs: call.retryInMs };
      case 'crowded':
        return notCalled('bulkhead_full');
    }
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
    const reason = tried.kind === 'called' ? (tried.outcome.kind as FallbackReason) : tried.reason;
    const call: FallbackCall = { endpoint, requestId, body, context, contextBytes, reason };
    const answer = await this.fallbacks.answer(call).catch((cause: unknown) => {
      record({ source: null, strategy, reason });
      throw new FallbackFailedError(strategy, { cause });
    });
    record({ source: answer.kind === 'none' ? null : 'fallback', strategy, reason });
    switch (answer.kind) {
      case 'json': {
        const { json: data, ageMs } = answer;
        const answered = { kind: 'answered', source: 'fallback', reason, strategy, data } as const;
        return ageMs === undefined ? answered : { ...answered, ageMs };
      }
      case 'accepted':
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
      outcome: tried.kind === 'called' ? tried.outcome : null,
      answer,
    });
  }
}

/** A finished sync call. */
interface Call {
  id: string;
  startedAt: Date;
  endpoint: ResolvedEndpoint;
  request: InvokeRequest;
  tried: Tried;
  answer: InvocationAnswer;
}

function notCalled(reason: FallbackReason, detail: string | null = null) {
  return { kind: 'not_called', reason, detail: detail ?? '' } as const;
}

async function reportedInTime({ reported, admittedInMs }: Tried & { kind: 'called' }): Promise<void> {
  const leftMs = Math.max(0, BREAKER_WITHIN_MS - admittedInMs);
  await within(reported, leftMs);
}

function noAnswer(endpoint: ResolvedEndpoint, tried: Tried, reason: FallbackReason): Error {
  if (reason === 'timeout') return new AppTimeoutError(reason, endpoint.timeoutMs);
  if (tried.kind === 'called')
    return new AppUnavailableError(reason, describeOutcome(tried.outcome).error ?? '');
  return new AppUnavailableError(reason, tried.detail, tried.retryInMs);
}
