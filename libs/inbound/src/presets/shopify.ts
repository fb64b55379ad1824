import type { Preset } from './preset.js';

export const shopify: Preset = {
  name: 'shopify',
  title: 'Shopify',
  docs: 'https://shopify.dev/docs/apps/build/webhooks/verify-deliveries',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Shopify-Hmac-Sha256' },
    encoding: 'base64',
    over: '{body}',
  },
  dedupeId: [{ header: 'X-Shopify-Event-Id' }, { header: 'X-Shopify-Topic' }],
  secretHint: 'The client secret of the app; for webhooks made in the admin the key shown under them.',
  setup: {
    where: 'Dev Dashboard, your app, Webhooks; or Settings, Notifications, Webhooks of the shop.',
    paste: 'The address of this source as URL; the client secret here.',
  },
  answers: '2xx within 5 s',
  note: 'After a rotation Shopify may sign with the old secret for an hour: keep both.',
  checkedWith: { library: '@shopify/shopify-api' },
};
