import type { Preset } from './preset.js';

export const dropbox: Preset = {
  name: 'dropbox',
  title: 'Dropbox',
  docs: 'https://www.dropbox.com/developers/reference/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Dropbox-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  handshakes: ['challenge'],
  secretHint: 'The app secret.',
  setup: {
    where: 'App Console, your app, Webhooks.',
    paste: 'The address of this source as Webhook URI; the app secret here.',
  },
  answer: { status: 200, contentType: null, body: '' },
  answers: '200 within 10 s',
  checkedWith: 'vectors',
};
