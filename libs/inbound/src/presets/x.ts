import type { Preset } from './preset.js';

export const x: Preset = {
  name: 'x',
  title: 'X (Twitter)',
  docs: 'https://docs.x.com/x-api/webhooks/quickstart',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'x-twitter-webhooks-signature', fieldSep: '=', field: 'sha256' },
    encoding: 'base64',
    over: '{body}',
  },
  handshakes: ['crc'],
  secretHint: 'The consumer secret (API key secret) of the app.',
  setup: {
    where: 'X API: POST /2/webhooks.',
    paste: 'The address of this source as url; the consumer secret here, before the webhook is made.',
  },
  note: 'X asks again every hour, and stops sending when it gets no answer within 3 s.',
  checkedWith: 'vectors',
};
