import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const sanity: Preset = {
  name: 'sanity',
  title: 'Sanity',
  docs: 'https://www.sanity.io/docs/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('sanity-webhook-signature', 'v1'),
    encoding: 'base64url',
    over: '{timestamp}.{body}',
    timestamp: { from: listField('sanity-webhook-signature', 't'), unit: 'ms' },
  },
  dedupeId: { header: 'idempotency-key' },
  secretHint: 'The secret that you chose for the webhook.',
  setup: {
    where: 'sanity.io/manage, your project, API, Webhooks.',
    paste: 'The address of this source as URL; the same secret on both sides.',
  },
  checkedWith: { library: '@sanity/webhook' },
};
