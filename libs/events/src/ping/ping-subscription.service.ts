import { Injectable, Logger } from '@nestjs/common';
import { CallEndpoint, callLine, describeOutcome } from '@breakwater/calling';
import { EndpointDirectory, SubscriptionNotFoundError, Subscriptions } from '@breakwater/manifest';
import { newId } from '@breakwater/platform';
import { PING_TYPE, pingBody } from './ping-body.js';

/** What a receiver did with a ping. */
export interface PingReport {
  /** `webhook-id` of the call. */
  webhookId: string;
  outcome: string;
  /** Null: no answer came. */
  httpStatus: number | null;
  durationMs: number;
  /** Why it would not count as delivered; null if it would. */
  error: string | null;
  requestHeaders: Record<string, string> | null;
  responseHeaders: Record<string, string> | null;
  /** The first bytes of the answer; null: none came. */
  responseBody: Buffer | null;
  truncated: boolean;
}

/** Maximum deadline, ms: a person waits for the answer. */
const TIMEOUT_MAX_MS = 30_000;
/** Maximum number of bytes of an answer that are shown. */
const SHOWN_BYTES = 1024;

/** Calls a subscription's URL at once with a test event, also if it is paused or disabled. */
@Injectable()
export class PingSubscription {
  private readonly log = new Logger('Ping');

  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly directory: EndpointDirectory,
    private readonly calls: CallEndpoint,
  ) {}

  /**
   * Signed and sent as its deliveries are. Nothing is stored: no delivery, no dead letter, and the breaker does not
   * count it.
   * @throws SubscriptionNotFoundError
   */
  async ping(appId: string, name: string, requestId: string): Promise<PingReport> {
    const { id } = await this.subscriptions.get(appId, name);
    const endpoint = await this.directory.byId(id);
    if (!endpoint) throw new SubscriptionNotFoundError(appId, name);
    const webhookId = newId();
    const acceptedAt = new Date();
    const message = {
      mode: 'async',
      kind: 'event',
      deliveryId: webhookId,
      requestId,
      body: pingBody({ appId, name, sentAt: acceptedAt }),
      contentType: 'application/json',
      timeoutMs: Math.min(endpoint.timeoutMs, TIMEOUT_MAX_MS),
      attempt: 1,
      maxAttempts: 1,
    } as const;
    const outcome = await this.calls.test(endpoint, message);
    const call = {
      deliveryId: webhookId,
      appId,
      capability: endpoint.capability,
      eventType: PING_TYPE,
      requestId,
    };
    const story = {
      call,
      url: endpoint.url,
      acceptedAt,
      nowMs: Date.now(),
      attempts: '1/1',
      outcome,
      reason: null,
    };
    this.log.log({ msg: 'ping', ...callLine({ ...story, next: 'nothing' }) });
    const { response, ...described } = describeOutcome(outcome);
    return {
      webhookId,
      ...described,
      durationMs: Math.round(outcome.durationMs),
      requestHeaders: outcome.requestHeaders ?? null,
      responseHeaders: response?.headers ?? null,
      responseBody: response ? response.body.subarray(0, SHOWN_BYTES) : null,
      truncated: response !== null && (response.truncated || response.body.length > SHOWN_BYTES),
    };
  }
}
