import { Injectable } from '@nestjs/common';
import { WebhookClient } from '@breakwater/webhook-client';
import { isPinnedUrl } from '../verification/pinned-url.js';
import type { HandshakeAnswer } from './answer-handshake.js';

/** AWS SNS waits 15 s for the answer to its challenge, which is given after the call. */
const CONFIRM_WITHIN_MS = 5_000;

/** Agrees to a subscription by a call of the URL in its challenge: by GET, past the SSRF guard, without redirects. */
@Injectable()
export class SubscriptionConfirmations {
  constructor(private readonly webhooks: WebhookClient) {}

  /**
   * Never rejects because of the provider.
   * @returns null when it answered with 2xx; otherwise a sentence that says what happened
   */
  async confirm({ url, hosts }: NonNullable<HandshakeAnswer['follow']>): Promise<string | null> {
    if (!isPinnedUrl(url, hosts)) return `The URL to confirm is not on ${hosts.join(' or ')}.`;
    const outcome = await this.webhooks.probe({ url, timeoutMs: CONFIRM_WITHIN_MS });
    if (outcome.kind === 'delivered') return null;
    const { hostname } = new URL(url);
    const what = 'message' in outcome ? outcome.message : `it answered with ${outcome.status}`;
    return `The subscription was not confirmed: ${hostname}: ${what}. The provider will ask again.`;
  }
}
