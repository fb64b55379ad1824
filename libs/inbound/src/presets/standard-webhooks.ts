import type { Preset } from './preset.js';
import { standardWebhooksScheme } from './standard-webhooks-scheme.js';

export const standardWebhooks: Preset = {
  name: 'standard-webhooks',
  title: 'Standard Webhooks',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  scheme: standardWebhooksScheme('webhook'),
  dedupeId: { header: 'webhook-id' },
  secretHint: 'The signing secret, base64 after whsec_.',
  setup: {
    where: 'Wherever the sender keeps its webhook endpoints.',
    paste: 'The address of this source there; the signing secret here.',
  },
  checkedWith: { library: 'standardwebhooks' },
};
