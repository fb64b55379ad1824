import { Injectable } from '@nestjs/common';
import { CallEndpoint } from '@breakwater/calling';
import { EndpointDirectory } from '@breakwater/manifest';
import type { PreparedRequest } from '@breakwater/webhook-client';
import { atOtherUrl } from '../attempt/at-other-url.js';
import { forwardOf } from '../attempt/forward-of.js';
import { EventBodies } from '../events/event-bodies.service.js';
import { RequestCopiesStore, type CopiedRow } from './request-copies.store.js';

/** The request of a delivery, signed for now, for a developer who listens. */
export interface RequestCopy extends PreparedRequest {
  deliveryId: string;
  /** Name of the subscription, the target or the capability. */
  endpoint: string;
  eventType: string;
}

export interface CopiesOfEvent {
  /** Deliveries are still to be made: each is shown by its attempts. */
  isPending: boolean;
  copies: RequestCopy[];
}

/** Copies of an event at most. */
const COPIES_MAX = 100;

/**
 * The requests that an app's receivers get, made again for its developer: nothing is sent, and nothing changes. They
 * have the same id, body and signing secrets, but neither custom headers nor a client certificate, which may contain
 * credentials for the usual receiver.
 */
@Injectable()
export class RequestCopies {
  constructor(
    private readonly store: RequestCopiesStore,
    private readonly bodies: EventBodies,
    private readonly endpoints: EndpointDirectory,
    private readonly calls: CallEndpoint,
  ) {}

  /** One for each subscription and target of the app that gets the event. */
  async ofEvent(appId: string, eventId: string): Promise<CopiesOfEvent> {
    const isPending = await this.store.isPending(eventId);
    const rows = await this.store.ofEvent(appId, eventId, COPIES_MAX);
    const copies = await Promise.all(rows.map((row) => this.copyOf(row)));
    return { isPending, copies: copies.filter((copy) => copy !== null) };
  }

  /** Null where there is none, and for a sync call: its caller does not wait any more. */
  async ofDelivery(appId: string, deliveryId: string): Promise<RequestCopy | null> {
    const row = await this.store.one(appId, deliveryId);
    return row && row.mode === 'async' ? this.copyOf(row) : null;
  }

  /** Null where it cannot be made any more: its event is no longer stored, or it cannot be signed. */
  private async copyOf(row: CopiedRow): Promise<RequestCopy | null> {
    const content =
      row.eventId === null ? { body: row.body, request: null } : await this.bodies.of(row.eventId);
    const endpoint = await this.endpoints.byId(row.endpointId);
    if (!content || endpoint?.secretProblem !== null) return null;
    const { id: deliveryId, kind, eventType, requestId, contentType, timeoutMs } = row;
    const request = { ...row, request: content.request };
    const prepared = this.calls.prepare(atOtherUrl(endpoint, endpoint.url), {
      mode: 'async',
      kind: kind === 'event' ? 'event' : 'capability',
      deliveryId,
      requestId,
      body: content.body,
      contentType,
      timeoutMs,
      attempt: 1,
      maxAttempts: 1,
      forward: forwardOf(request, endpoint),
    });
    if (!prepared.ok) return null;
    const { method, path, headers, body } = prepared;
    return { deliveryId, endpoint: endpoint.capability, eventType, method, path, headers, body };
  }
}
