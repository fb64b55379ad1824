import type { Preset } from './preset.js';

export const postmark: Preset = {
  name: 'postmark',
  title: 'Postmark',
  docs: 'https://postmarkapp.com/developer/webhooks/webhooks-overview#protecting-your-webhook',
  scheme: {
    kind: 'shared',
    value: { header: 'Authorization', prefix: 'Basic ' },
    as: 'basic',
  },
  secretHint: 'user:password, as you chose them.',
  setup: {
    where: 'Your server, a message stream, Webhooks, Add webhook, Basic auth credentials.',
    paste: 'The address of this source as Webhook URL; user and password there, user:password here.',
  },
  note: 'The password does not cover the body.',
  checkedWith: 'vectors',
};
