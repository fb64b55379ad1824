import type { Preset } from './preset.js';

export const meta: Preset = {
  name: 'meta',
  title: 'Meta (WhatsApp, Messenger, Instagram)',
  docs: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Hub-Signature-256', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{body}',
  },
  handshakes: ['hub'],
  secretHint: 'The App Secret of the Meta app.',
  setup: {
    where: 'App Dashboard, the product (WhatsApp, Messenger, …), Configuration, Webhooks.',
    paste:
      'The address of this source as Callback URL and a verify token of your choice; the App Secret and the same token here.',
    options: { verifyToken: 'The verify token that you chose, which Meta sends once.' },
  },
  checkedWith: 'vectors',
};
