import type { Preset } from './preset.js';

export const square: Preset = {
  name: 'square',
  title: 'Square',
  docs: 'https://developer.squareup.com/docs/webhooks/step3validate',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'x-square-hmacsha256-signature' },
    encoding: 'base64',
    over: '{url}{body}',
  },
  dedupeId: { body: '/event_id' },
  secretHint: 'The signature key of the subscription.',
  setup: {
    where: 'Developer Console, your application, Webhooks, Subscriptions.',
    paste: 'The address of this source as notification URL, exactly as it is; the signature key here.',
  },
  note: 'The URL is signed: the public URL of this installation must be the one that Square calls.',
  checkedWith: { library: 'square' },
};
