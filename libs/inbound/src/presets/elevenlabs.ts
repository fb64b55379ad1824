import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const elevenlabs: Preset = {
  name: 'elevenlabs',
  title: 'ElevenLabs',
  docs: 'https://elevenlabs.io/docs/product-guides/administration/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('ElevenLabs-Signature', 'v0'),
    encoding: 'hex',
    over: '{timestamp}.{body}',
    timestamp: { from: listField('ElevenLabs-Signature', 't'), unit: 's', toleranceS: 1800 },
  },
  secretHint: 'The HMAC secret of the webhook, which is shown once.',
  setup: {
    where: 'Settings, Webhooks, Create webhook.',
    paste: 'The address of this source as Callback URL; the secret here.',
  },
  checkedWith: { library: '@elevenlabs/elevenlabs-js' },
};
