import { Injectable, Logger } from '@nestjs/common';
import {
  breakerPolicy,
  CallGate,
  CircuitBreakers,
  isSlow,
  type Admission,
  type BreakerKey,
  type BreakerPolicy,
  type CallResult,
} from '@breakwater/circuit-breaker';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { Config, DatabaseTimeoutError, inTime, Telemetry, Tracing } from '@breakwater/platform';
import {
  countsAsFailure,
  RESPONSE_CAP_BYTES,
  RESPONSE_KEEP_BYTES,
  type ForwardedRequest,
  type ReceiverTest,
  type Outcome,
  type Timed,
  type WebhookRequest,
} from '@breakwater/webhook-client';
import { callAttributes, noteOutcome } from './call-span.js';
import { CallTransport } from './call-transport.service.js';
import { judge } from './judge.js';

/** Delay before another try after a probe could not be claimed, ms. */
const PROBE_AGAIN_MS = 1_000;

/**
 * Time for the breaker's row, before and after the call together, ms. It is part of the 500 ms beyond a call's
 * deadline. It usually takes 1 or 2.
 */
export const BREAKER_WITHIN_MS = 250;

/** What is sent to an endpoint. */
export interface Message {
  /** Sync: a caller waits for the whole answer. Async: the status decides, and the first bytes are kept. */
  mode: 'sync' | 'async';
  kind: 'capability' | 'event';
  /** Id of the delivery, the same for all its attempts: `webhook-id`. */
  deliveryId: string;
  requestId: string;
  body: Buffer;
  contentType: string;
  /** Deadline of the whole call, ms. */
  timeoutMs: number;
  /** Number of this attempt, 1 or more. */
  attempt: number;
  maxAttempts: number;
  /** The time that is signed; by default the process' own. */
  sentAt?: Date;
  /** W3C traceparent of the accepted request; by default the current span is the parent. */
  traceParent?: string | null;
  /** The captured request that is passed on to a target; absent or null: an ordinary call. */
  forward?: ForwardedRequest | null;
  /** A test of the receiver, see {@link CallEndpoint.test}. */
  test?: ReceiverTest;
}

/** The result of a call. */
export type EndpointCall =
  | {
      kind: 'called';
      outcome: Outcome & Timed;
      /** Resolves when the breaker has the result; never rejects. */
      reported: Promise<void>;
      /** Whether the result may change the breaker: the next call should find it changed. */
      changesBreaker: boolean;
      /** Time that admission by the breaker took before the call, ms. */
      admittedInMs: number;
    }
  /** The circuit is open. `probing`: a probe is in progress, so its result is known soon. */
  | { kind: 'refused'; retryInMs: number; probing: boolean }
  /** The bulkhead of the endpoint in this process is full. */
  | { kind: 'crowded' };

/**
 * Makes one call of an endpoint, sync or async: asks its breaker, passes the bulkhead, signs and sends, reports the
 * result to the breaker, traces and counts. What follows from the result is decided by the caller.
 */
@Injectable()
export class CallEndpoint {
  private readonly log = new Logger('Call');

  constructor(
    private readonly breakers: CircuitBreakers,
    private readonly gate: CallGate,
    private readonly transports: CallTransport,
    private readonly tracing: Tracing,
    private readonly telemetry: Telemetry,
    private readonly config: Config,
  ) {}

  /** Never rejects because of the endpoint, its breaker or the database. @param signal aborts the call */
  async make(endpoint: ResolvedEndpoint, message: Message, signal?: AbortSignal): Promise<EndpointCall> {
    const key: BreakerKey = { appId: endpoint.appId, capability: endpoint.capability };
    const policy = breakerPolicy(endpoint.breaker, this.config.circuitBreaker);
    const askedMs = performance.now();
    const admission =
      this.breakers.admitAtOnce(key, policy) ?? (await this.admit(key, policy, message.timeoutMs));
    const admittedInMs = performance.now() - askedMs;
    if (admission.kind === 'refused') {
      const probing = this.breakers.stateOf(key) === 'half_open';
      return { kind: 'refused', retryInMs: admission.retryInMs, probing };
    }
    const gated = await this.gate.run(key, () => this.send(endpoint, message, signal), countsAsFailure);
    const result: CallResult = gated.ran ? judge(gated.value) : { judged: 'ignored' };
    const reported = this.report(admission, key, result);
    if (!gated.ran) return { kind: 'crowded' };
    const outcome = gated.value;
    this.telemetry.countCall(message.mode, outcome.kind, outcome.durationMs);
    const changesBreaker = admission.kind === 'probe' || mayOpen(policy, result);
    return { kind: 'called', outcome, reported, changesBreaker, admittedInMs };
  }

  /**
   * Makes a call for a person who tests an endpoint: signed and sent as any other, but its breaker neither admits it nor
   * gets its result, and no metric counts it. It goes to the URL, also while a developer answers the endpoint's calls.
   * Never rejects. @param signal aborts the call
   */
  async test(endpoint: ResolvedEndpoint, message: Message, signal?: AbortSignal): Promise<Outcome & Timed> {
    return this.send({ ...endpoint, listenerId: null }, message, signal);
  }

  /** The request of a call as it would be sent now, for a listener that fetches it. Nothing is sent. */
  prepare(endpoint: ResolvedEndpoint, message: Message): ReturnType<CallTransport['prepare']> {
    return this.transports.prepare(requestOf(endpoint, message));
  }

  /**
   * Makes a call to another URL than the endpoint's own: its breaker neither admits it nor gets its result, and it
   * does not count in the bulkhead. Never rejects because of the receiver.
   */
  async makeWithoutBreaker(
    endpoint: ResolvedEndpoint,
    message: Message,
    signal?: AbortSignal,
  ): Promise<EndpointCall> {
    const outcome = await this.send(endpoint, message, signal);
    this.telemetry.countCall(message.mode, outcome.kind, outcome.durationMs);
    return {
      kind: 'called',
      outcome,
      reported: Promise.resolve(),
      changesBreaker: false,
      admittedInMs: 0,
    };
  }

  /**
   * Only the claim of a probe needs the database. Without an answer in time the circuit stays open for this call; a
   * probe that is claimed too late is released.
   */
  private async admit(key: BreakerKey, policy: BreakerPolicy, timeoutMs: number): Promise<Admission> {
    const asked = this.breakers.admit(key, policy, timeoutMs);
    let isLate = false;
    const tooLate = (): Error => {
      isLate = true;
      return new DatabaseTimeoutError('the claim of a probe', BREAKER_WITHIN_MS);
    };
    try {
      return await inTime(asked, BREAKER_WITHIN_MS, tooLate);
    } catch (error) {
      if (isLate)
        asked.then((admission) => this.report(admission, key, { judged: 'ignored' })).catch(() => undefined);
      this.log.warn({ msg: 'probe could not be claimed', ...key, error: (error as Error).message });
      return { kind: 'refused', key, retryInMs: PROBE_AGAIN_MS };
    }
  }

  /** A breaker that cannot be written must not delay an answer or a result. */
  private async report(admission: Admission, key: BreakerKey, result: CallResult): Promise<void> {
    try {
      await this.breakers.report(admission, result);
    } catch (error) {
      this.log.warn({ msg: 'result not stored in the breaker', ...key, error: (error as Error).message });
    }
  }

  private async send(
    endpoint: ResolvedEndpoint,
    message: Message,
    signal: AbortSignal | undefined,
  ): Promise<Outcome & Timed> {
    if (endpoint.secretProblem !== null) {
      // Nothing is sent unsigned.
      return {
        kind: 'misconfigured',
        code: 'SECRET_DAMAGED',
        message: endpoint.secretProblem,
        durationMs: 0,
      };
    }
    const name = message.mode === 'sync' ? 'call capability' : 'attempt delivery';
    const attributes = this.tracing.isOn ? callAttributes(endpoint, message.deliveryId, message.attempt) : {};
    const parent = message.traceParent ?? null;
    return this.tracing.span(name, { kind: 'client', parent, attributes }, async (span) => {
      const request = requestOf(endpoint, message, span.traceparent);
      const outcome = await this.transports.send(endpoint, request, signal);
      noteOutcome(span, outcome);
      return outcome;
    });
  }
}

function requestOf(endpoint: ResolvedEndpoint, message: Message, traceparent?: string): WebhookRequest {
  const isSync = message.mode === 'sync';
  return {
    appId: endpoint.appId,
    url: endpoint.url,
    secrets: endpoint.secrets,
    customHeaders: endpoint.headers,
    clientCertificate: endpoint.clientCertificate ?? undefined,
    kind: message.kind,
    webhookId: message.deliveryId,
    requestId: message.requestId,
    body: message.body,
    contentType: message.contentType,
    timeoutMs: message.timeoutMs,
    attempt: message.attempt,
    maxAttempts: message.maxAttempts,
    keepBytes: isSync ? RESPONSE_CAP_BYTES : RESPONSE_KEEP_BYTES,
    expectJson: isSync,
    ...(message.sentAt === undefined ? {} : { sentAt: message.sentAt }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(message.forward ? { forward: message.forward } : {}),
    ...(message.test ? { test: message.test } : {}),
  };
}

/** Whether a result may open its breaker: a failure, or a slow call where the policy has a slow-call rate. */
function mayOpen(policy: BreakerPolicy, result: CallResult): boolean {
  if (result.judged === 'ignored') return false;
  return result.judged === 'failure' || isSlow(policy, result.durationMs ?? 0);
}
