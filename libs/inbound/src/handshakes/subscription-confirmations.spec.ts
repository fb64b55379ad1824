import { describe, expect, it } from 'vitest';
import {
  WebhookClient,
  type Outcome,
  type ProbeRequest,
  type Timed,
  type VettedUrl,
} from '@breakwater/webhook-client';
import { SubscriptionConfirmations } from './subscription-confirmations.service.js';

const hosts = ['sns.*.amazonaws.com'];
const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336';
const response = { headers: {}, body: Buffer.alloc(0), truncated: false, bytesSeen: 0 };

/** A client whose calls have one result: the real one cannot reach the provider from a test. */
class Answering extends WebhookClient {
  readonly called: ProbeRequest[] = [];

  constructor(private readonly outcome: Outcome) {
    super();
  }

  async send(): Promise<Outcome & Timed> {
    return expect.unreachable();
  }

  async probe(request: ProbeRequest): Promise<Outcome & Timed> {
    this.called.push(request);
    return { ...this.outcome, durationMs: 1 };
  }

  async checkUrl(): Promise<VettedUrl> {
    return expect.unreachable();
  }

  prepare(): never {
    return expect.unreachable();
  }
}

describe('the URL of a challenge', () => {
  it('is called once', async () => {
    const client = new Answering({ kind: 'delivered', status: 200, response });
    expect(await new SubscriptionConfirmations(client).confirm({ url, hosts })).toBeNull();
    expect(client.called).toEqual([{ url, timeoutMs: 5_000 }]);
  });

  it('is not called on another host', async () => {
    const client = new Answering({ kind: 'delivered', status: 200, response });
    const elsewhere = { url: 'https://sns.eu-west-1.amazonaws.com.evil.example/', hosts };
    expect(await new SubscriptionConfirmations(client).confirm(elsewhere)).toBe(
      'The URL to confirm is not on sns.*.amazonaws.com.',
    );
    expect(client.called).toEqual([]);
  });

  it.each<[string, Outcome, string]>([
    ['a refusal', { kind: 'http_error', status: 403, response, retryAfterMs: null }, 'it answered with 403'],
    ['a timeout', { kind: 'timeout', message: 'no answer within 5000 ms' }, 'no answer within 5000 ms'],
    ['a blocked address', { kind: 'blocked', reason: 'address', message: 'it is private' }, 'it is private'],
  ])('that ends in %s is reported in a sentence', async (_, outcome, what) => {
    expect(await new SubscriptionConfirmations(new Answering(outcome)).confirm({ url, hosts })).toBe(
      `The subscription was not confirmed: sns.eu-west-1.amazonaws.com: ${what}. The provider will ask again.`,
    );
  });
});
