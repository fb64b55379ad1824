import { describe, expect, it } from 'vitest';
import type { WebhookRequest } from '@breakwater/webhook-client';
import { packRequest, requestFor, unpackRequest } from './stored-request.js';

const request: WebhookRequest = {
  url: 'https://shop.example/hooks',
  secrets: ['whsec_secret'],
  customHeaders: { authorization: 'Bearer secret' },
  body: Buffer.from('the body'),
  kind: 'capability',
  contentType: 'application/json',
  webhookId: 'id',
  requestId: 'half of a pair \uD800, and \0',
  timeoutMs: 1_000,
  attempt: 1,
  maxAttempts: 1,
  keepBytes: 10,
  expectJson: true,
};
const at = { endpointId: 'endpoint', capability: 'quote', sentAtMs: 1_700_000_000_000 };

describe('the request of a call that is stored', () => {
  it('has neither a secret nor the body', () => {
    expect(packRequest(request, at).toString()).not.toMatch(/secret|the body|shop\.example/);
  });

  it.each([undefined, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'])(
    'is signed again at the same time, trace context %s',
    (traceparent) => {
      const traced = traceparent === undefined ? request : { ...request, traceparent };
      const stored = unpackRequest(packRequest(traced, at));
      expect(stored).toMatchObject({ endpointId: 'endpoint', capability: 'quote' });
      const { url, secrets, body } = request;
      const { customHeaders: _, ...rest } = traced;
      expect(requestFor(stored, { url, secrets, body })).toEqual({
        ...rest,
        keepBytes: 0,
        sentAt: new Date(at.sentAtMs),
      });
    },
  );
});
