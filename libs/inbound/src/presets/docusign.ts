import type { Preset } from './preset.js';

export const docusign: Preset = {
  name: 'docusign',
  title: 'DocuSign',
  docs: 'https://developers.docusign.com/platform/webhooks/connect/hmac/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: [1, 2, 3, 4, 5].map((key) => `X-DocuSign-Signature-${key}`) },
    encoding: 'base64',
    over: '{body}',
  },
  secretHint: 'A Connect HMAC key of the account.',
  setup: {
    where: 'Settings, Connect, Connect Keys; then a configuration with HMAC signature.',
    paste: 'The address of this source as URL to publish; a Connect key here.',
  },
  note: 'One header a key: the first five are looked at, and one that fits is enough.',
  checkedWith: 'vectors',
};
