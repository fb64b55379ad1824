import type { Preset } from './preset.js';

export const nylas: Preset = {
  name: 'nylas',
  title: 'Nylas',
  docs: 'https://developer.nylas.com/docs/v3/notifications/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Nylas-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/id' },
  handshakes: ['challenge'],
  secretHint: 'The webhook secret, which is shown once the webhook is made.',
  setup: {
    where: 'Dashboard, Notifications, Create webhook.',
    paste: 'The address of this source as Webhook URL; the webhook secret here.',
  },
  note: 'The signature is over the bytes as they are sent, which may be compressed.',
  checkedWith: 'vectors',
};
