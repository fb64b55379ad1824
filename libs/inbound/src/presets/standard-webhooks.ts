import type { Preset } from './preset.js';

export const standardWebhooks: Preset = {
  name: 'standard-webhooks',
  title: 'Standard Webhooks',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'webhook-signature', itemSep: ' ', fieldSep: ',', field: 'v1' },
    encoding: 'base64',
    over: '{id}.{timestamp}.{body}',
    timestamp: { from: { header: 'webhook-timestamp' }, unit: 's', toleranceS: 300 },
    id: { header: 'webhook-id' },
    secret: { encoding: 'base64', prefix: 'whsec_' },
  },
  dedupeId: { header: 'webhook-id' },
  secretHint: 'The signing secret, base64 after whsec_.',
  setup: {
    where: 'Wherever the sender keeps its webhook endpoints.',
    paste: 'The address of this source there; the signing secret here.',
  },
  checkedWith: { library: 'standardwebhooks' },
};
