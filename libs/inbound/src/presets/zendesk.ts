import type { Preset } from './preset.js';

export const zendesk: Preset = {
  name: 'zendesk',
  title: 'Zendesk',
  docs: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Zendesk-Webhook-Signature' },
    encoding: 'base64',
    over: '{timestamp}{body}',
    timestamp: { from: { header: 'X-Zendesk-Webhook-Signature-Timestamp' }, unit: 'iso' },
  },
  dedupeId: { header: 'X-Zendesk-Webhook-Invocation-Id' },
  secretHint: 'The signing secret of the webhook.',
  setup: {
    where: 'Admin Center, Apps and integrations, Webhooks, Create webhook.',
    paste: 'The address of this source as Endpoint URL; Reveal secret shows what to paste here.',
  },
  checkedWith: 'vectors',
};
