import type { Preset } from './preset.js';

export const standardWebhooksEd25519: Preset = {
  name: 'standard-webhooks-ed25519',
  title: 'Standard Webhooks with a public key',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  scheme: {
    kind: 'public-key',
    algorithm: 'ed25519',
    signature: { header: 'webhook-signature', itemSep: ' ', fieldSep: ',', field: 'v1a' },
    encoding: 'base64',
    over: '{id}.{timestamp}.{body}',
    timestamp: { from: { header: 'webhook-timestamp' }, unit: 's', toleranceS: 300 },
    id: { header: 'webhook-id' },
    key: { form: 'raw-base64', prefix: 'whpk_' },
  },
  dedupeId: { header: 'webhook-id' },
  secretHint: 'The public key, base64 after whpk_.',
  setup: {
    where: 'Wherever the sender keeps its webhook endpoints.',
    paste: 'The address of this source there; the public key here.',
  },
  checkedWith: 'vectors',
};
