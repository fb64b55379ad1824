import type { Preset } from './preset.js';

export const typeform: Preset = {
  name: 'typeform',
  title: 'Typeform',
  docs: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'Typeform-Signature', fieldSep: '=', field: 'sha256' },
    encoding: 'base64',
    over: '{body}',
  },
  dedupeId: { body: '/event_id' },
  secretHint: 'The secret that you chose for the webhook.',
  setup: {
    where: 'Your form, Connect, Webhooks, Add a webhook.',
    paste: 'The address of this source as URL; the same secret on both sides.',
  },
  checkedWith: 'vectors',
};
