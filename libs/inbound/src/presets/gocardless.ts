import type { Preset } from './preset.js';

export const gocardless: Preset = {
  name: 'gocardless',
  title: 'GoCardless',
  docs: 'https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'Webhook-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/meta/webhook_id' },
  secretHint: 'The secret of the webhook endpoint.',
  setup: {
    where: 'Dashboard, Developers, Create, Webhook endpoint.',
    paste: 'The address of this source as URL; its secret here.',
  },
  checkedWith: { library: 'gocardless-nodejs' },
};
