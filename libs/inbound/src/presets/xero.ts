import type { Preset } from './preset.js';

export const xero: Preset = {
  name: 'xero',
  title: 'Xero',
  docs: 'https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'x-xero-signature' },
    encoding: 'base64',
    over: '{body}',
  },
  handshakes: ['xero'],
  secretHint: 'The webhooks key of the app.',
  setup: {
    where: 'My Apps, your app, Webhooks.',
    paste:
      'The address of this source as delivery URL; the webhooks key here, before you send the intent to receive.',
  },
  answer: { status: 200, contentType: null, body: '' },
  answers: '200 within 5 s, without body and cookies; 401 to a wrong signature',
  note: 'An answer with a body makes Xero disable the webhook.',
  checkedWith: 'vectors',
};
