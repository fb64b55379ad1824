import type { Preset } from './preset.js';

export const vercel: Preset = {
  name: 'vercel',
  title: 'Vercel',
  docs: 'https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha1',
    signature: { header: 'x-vercel-signature' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/id' },
  secretHint: 'The secret of the webhook, or the client secret of the integration.',
  setup: {
    where: 'Team settings, Webhooks, Create Webhook.',
    paste: 'The address of this source as Endpoint URL; the secret that is shown once here.',
  },
  checkedWith: 'vectors',
};
