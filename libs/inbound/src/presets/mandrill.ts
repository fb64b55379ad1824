import type { Preset } from './preset.js';

export const mandrill: Preset = {
  name: 'mandrill',
  title: 'Mailchimp Transactional (Mandrill)',
  docs: 'https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha1',
    signature: { header: 'X-Mandrill-Signature' },
    encoding: 'base64',
    over: '{url}{form}',
  },
  handshakes: ['head'],
  secretHint: 'The key of the webhook.',
  setup: {
    where: 'Settings, Webhooks, Add a Webhook.',
    paste: 'The address of this source as Post to URL, exactly as it is; View key shows what to paste here.',
  },
  note: 'The URL is signed: the public URL of this installation must be the one that Mandrill calls.',
  checkedWith: 'vectors',
};
