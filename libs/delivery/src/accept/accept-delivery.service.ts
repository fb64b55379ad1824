import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { Config, newId, Tracing, WakeUpQueue } from '@breakwater/platform';
import {
  EndpointUnavailableError,
  IdempotencyConflictError,
  IdempotencyKeyInvalidError,
} from './accept.error.js';
import { planRetries } from '../retry/retry-plan.js';
import { standardPlan } from '../retry/standard-plan.js';
import { AcceptStore, type Accepted, type NewDelivery } from './accept.store.js';

export interface DeliveryRequest {
  endpoint: ResolvedEndpoint;
  kind: 'invocation' | 'event';
  eventType?: string;
  requestId: string;
  /** Kept and sent as these bytes. */
  body: Buffer;
  contentType: string;
  idempotencyKey?: string;
}

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * Accepts a delivery. When `accept` returns, the row is committed; whatever is lost after that is repaired by
 * the sweeper.
 */
@Injectable()
export class AcceptDelivery {
  constructor(
    private readonly store: AcceptStore,
    private readonly queue: WakeUpQueue,
    private readonly tracing: Tracing,
    private readonly config: Config,
  ) {}

  /**
   * @returns the delivery's id; if the idempotency key was used before for the same request, the id of that
   * first delivery
   * @throws EndpointUnavailableError, IdempotencyKeyInvalidError, IdempotencyConflictError
   */
  async accept(request: DeliveryRequest): Promise<{ deliveryId: string; replayed: boolean }> {
    const { endpoint, idempotencyKey } = request;
    refuseUnavailable(endpoint);
    const attributes = { 'breakwater.app': endpoint.appId, 'breakwater.capability': endpoint.capability };
    return this.tracing.span('accept delivery', { kind: 'producer', attributes }, async (span) => {
      const { maxAttempts } = planRetries(endpoint.retry, standardPlan(this.config.retry));
      const delivery = deliveryOf(request, maxAttempts, span.traceparent ?? null);
      const accepted = await (idempotencyKey === undefined
        ? this.store.accept(delivery)
        : this.store.acceptOnce(delivery, { key: checked(idempotencyKey), digest: digestOf(delivery) }));
      const answer = this.answer(accepted, idempotencyKey);
      span.set({ 'messaging.message.id': answer.deliveryId });
      return answer;
    });
  }

  private answer(accepted: Accepted, key: string | undefined): { deliveryId: string; replayed: boolean } {
    switch (accepted.kind) {
      case 'accepted':
        // The caller does not wait for the wake-up: the row is committed, and the sweeper repeats a lost
        // wake-up.
        if (accepted.enqueue) void this.queue.add([{ deliveryId: accepted.id }]);
        return { deliveryId: accepted.id, replayed: false };
      case 'replayed':
        return { deliveryId: accepted.id, replayed: true };
      case 'conflict':
        throw new IdempotencyConflictError(key ?? '');
    }
  }
}

function refuseUnavailable({ appId, appStatus, capability, status, disabledReason }: ResolvedEndpoint): void {
  if (appStatus !== 'active') throw new EndpointUnavailableError(`app "${appId}" is disabled`, null);
  if (status !== 'active') {
    throw new EndpointUnavailableError(`"${capability}" of app "${appId}" is ${status}`, disabledReason);
  }
}

function deliveryOf(
  { endpoint, kind, eventType, requestId, body, contentType }: DeliveryRequest,
  maxAttempts: number,
  traceParent: string | null,
): NewDelivery {
  return {
    id: newId(),
    appId: endpoint.appId,
    endpointId: endpoint.id,
    capability: endpoint.capability,
    kind,
    eventType: eventType ?? null,
    requestId,
    body,
    contentType,
    timeoutMs: endpoint.timeoutMs,
    traceParent,
    maxAttempts,
  };
}

function checked(key: string): string {
  if (!KEY.test(key)) throw new IdempotencyKeyInvalidError(key);
  return key;
}

function digestOf({ capability, body }: NewDelivery): string {
  return createHash('sha256').update(capability).update('\0').update(body).digest('hex');
}
