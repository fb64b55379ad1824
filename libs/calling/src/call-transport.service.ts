import { Injectable } from '@nestjs/common';
import { ListenerRelay } from '@breakwater/listeners';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { WebhookClient, type Outcome, type Timed, type WebhookRequest } from '@breakwater/webhook-client';

/** The way to an endpoint: an HTTP request to its URL, or a developer who listens for it and answers its sync calls. */
@Injectable()
export class CallTransport {
  constructor(
    private readonly webhooks: WebhookClient,
    private readonly relay: ListenerRelay,
  ) {}

  /** Never rejects because of the endpoint. */
  send(endpoint: ResolvedEndpoint, request: WebhookRequest, signal?: AbortSignal): Promise<Outcome & Timed> {
    // Only sync calls expect JSON: what is stored and repeated goes to the URL.
    if (endpoint.listenerId === null || !request.expectJson) return this.webhooks.send(request, signal);
    return this.relay.send(endpoint, endpoint.listenerId, request, signal);
  }

  prepare(request: WebhookRequest): ReturnType<WebhookClient['prepare']> {
    return this.webhooks.prepare(request);
  }
}
