import type { Preset } from './preset.js';

export const linear: Preset = {
  name: 'linear',
  title: 'Linear',
  docs: 'https://linear.app/developers/webhooks#securing-webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'Linear-Signature' },
    encoding: 'hex',
    over: '{body}',
    timestamp: { from: { body: '/webhookTimestamp' }, unit: 'ms', toleranceS: 60 },
  },
  dedupeId: { header: 'Linear-Delivery' },
  secretHint: 'The signing secret of the webhook.',
  setup: {
    where: 'Settings, API, Webhooks, New webhook.',
    paste: 'The address of this source as URL; the signing secret here.',
  },
  checkedWith: { library: '@linear/sdk' },
};
