import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { MicroBatcher, newId, Tracing, WakeUpQueue, type WakeUp } from '@breakwater/platform';
import {
  EndpointUnavailableError,
  IdempotencyConflictError,
  IdempotencyKeyInvalidError,
} from './accept.error.js';
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

/** Ids that go to the queue in one go at the most; as many jobs as it makes of them. */
const WAKE_UPS_AT_ONCE = 1_000;

const KEY = /^[\x20-\x7e]{1,255}$/;

/** Takes a delivery over for good: when this returns its row is committed, and every later loss heals by itself. */
@Injectable()
export class AcceptDelivery implements OnApplicationShutdown {
  private readonly wakeUps: MicroBatcher<WakeUp, unknown>;

  constructor(
    private readonly store: AcceptStore,
    queue: WakeUpQueue,
    private readonly tracing: Tracing,
  ) {
    // One way to the queue at a time: the slower that is, the more ids share a job.
    const add = async (wakeUps: WakeUp[]): Promise<unknown[]> => {
      const isAdded = await queue.add(wakeUps);
      return wakeUps.map(() => isAdded);
    };
    this.wakeUps = new MicroBatcher(add, { maxRows: WAKE_UPS_AT_ONCE, maxInFlight: 1 });
  }

  /**
   * @returns the delivery's id; the first one's when the idempotency key was used for the same request
   * @throws EndpointUnavailableError, IdempotencyKeyInvalidError, IdempotencyConflictError
   */
  async accept(request: DeliveryRequest): Promise<{ deliveryId: string; replayed: boolean }> {
    const { endpoint, idempotencyKey } = request;
    refuseUnavailable(endpoint);
    const attributes = { 'breakwater.app': endpoint.appId, 'breakwater.capability': endpoint.capability };
    return this.tracing.span('accept delivery', { kind: 'producer', attributes }, async (span) => {
      const delivery = deliveryOf(request, span.traceparent ?? null);
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
        // The caller does not wait for the hint: the row is committed, and the sweeper repeats a lost one.
        if (accepted.enqueue) void this.wakeUps.add({ deliveryId: accepted.id });
        return { deliveryId: accepted.id, replayed: false };
      case 'replayed':
        return { deliveryId: accepted.id, replayed: true };
      case 'conflict':
        throw new IdempotencyConflictError(key ?? '');
    }
  }

  /** Sends what was accepted last on its way: the server is closed by now, the queue not yet. */
  async onApplicationShutdown(): Promise<void> {
    await this.wakeUps.drained();
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
  };
}

function checked(key: string): string {
  if (!KEY.test(key)) throw new IdempotencyKeyInvalidError(key);
  return key;
}

function digestOf({ capability, body }: NewDelivery): string {
  return createHash('sha256').update(capability).update('\0').update(body).digest('hex');
}
