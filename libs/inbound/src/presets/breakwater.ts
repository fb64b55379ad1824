import type { Preset } from './preset.js';
import { standardWebhooksScheme } from './standard-webhooks-scheme.js';

/** What another Breakwater sends: Standard Webhooks. */
export const breakwater: Preset = {
  name: 'breakwater',
  title: 'Breakwater',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  scheme: standardWebhooksScheme('webhook'),
  dedupeId: { header: 'webhook-id' },
  secretHint: 'The signing secret of the app or subscription, base64 after whsec_.',
  setup: {
    where: 'The manifest of the app, or POST /api/v1/subscriptions.',
    paste: 'The address of this source as the URL of the subscription; its signing secret here.',
  },
  checkedWith: { library: 'standardwebhooks' },
};
