import type { Preset } from './preset.js';

export const front: Preset = {
  name: 'front',
  title: 'Front (application webhooks)',
  docs: 'https://dev.frontapp.com/docs/application-webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Front-Signature' },
    encoding: 'base64',
    over: '{timestamp}:{body}',
    timestamp: { from: { header: 'X-Front-Request-Timestamp' }, unit: 'ms', toleranceS: 300 },
  },
  handshakes: ['front'],
  secretHint: 'The signing key of the application.',
  setup: {
    where: 'Settings, Developers, your app, Webhooks.',
    paste: 'The address of this source as webhook URL; the signing key here.',
  },
  checkedWith: 'vectors',
};
