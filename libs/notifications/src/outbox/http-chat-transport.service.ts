import { Injectable } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { WebhookClient, type Outcome } from '@breakwater/webhook-client';
import { CHAT_CHANNELS } from '../notices/chat-channels.js';
import type { ChatChannel } from '../notices/notice.js';
import { ChatTransport, type OutgoingChat } from './chat-transport.js';
import type { SendResult } from './mail-transport.js';

const TIMEOUT_MS = 10_000;
const KEEP_BYTES = 1024;

/** Uses the one guarded client: addresses inside the network need OUTBOUND_ALLOW here, too. */
@Injectable()
export class HttpChatTransport extends ChatTransport {
  readonly configured: readonly ChatChannel[];
  private readonly urls: ReadonlyMap<ChatChannel, string>;
  private readonly secrets: readonly string[];

  constructor(
    private readonly webhooks: WebhookClient,
    { notify }: Config,
  ) {
    super();
    const channels = Object.entries(CHAT_CHANNELS) as [ChatChannel, (typeof CHAT_CHANNELS)[ChatChannel]][];
    this.urls = new Map(
      channels.flatMap(([channel, { address }]) => {
        const url = address(notify);
        return url === undefined ? [] : [[channel, url] as const];
      }),
    );
    this.configured = [...this.urls.keys()];
    this.secrets = notify.webhookSecret === undefined ? [] : [notify.webhookSecret];
  }

  async send(
    { channel, id, body, attempt, maxAttempts }: OutgoingChat,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const url = this.urls.get(channel);
    if (url === undefined) return { sent: false, error: `${channel} is not configured` };
    const outcome = await this.webhooks.send(
      {
        url,
        body: Buffer.from(body),
        contentType: 'application/json',
        timeoutMs: TIMEOUT_MS,
        webhookId: id,
        requestId: id,
        attempt,
        maxAttempts,
        keepBytes: KEEP_BYTES,
        expectJson: false,
        kind: 'event',
        ...(channel === 'webhook' && this.secrets.length > 0
          ? { secrets: this.secrets }
          : { secrets: [], unsigned: true as const }),
      },
      signal,
    );
    return resultOf(outcome);
  }
}

/** Without the address: anyone who has it can write there. */
function resultOf(outcome: Outcome): SendResult {
  switch (outcome.kind) {
    case 'delivered':
      return { sent: true };
    case 'http_error': {
      const { status, retryAfterMs } = outcome;
      const passes = status === 408 || status === 429 || status >= 500;
      return { sent: false, error: `http ${status}`, permanent: !passes, retryInMs: retryAfterMs };
    }
    case 'blocked':
      return { sent: false, error: `blocked: ${outcome.reason}`, permanent: true };
    case 'misconfigured':
      return { sent: false, error: outcome.code, permanent: true };
    default:
      return { sent: false, error: outcome.kind };
  }
}
