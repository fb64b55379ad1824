import type { Preset } from './preset.js';

export const frontRules: Preset = {
  name: 'front-rules',
  title: 'Front (rule webhooks)',
  docs: 'https://dev.frontapp.com/docs/rule-webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha1',
    signature: { header: 'X-Front-Signature' },
    encoding: 'base64',
    over: '{body}',
  },
  dedupeId: { body: '/id' },
  secretHint: 'The API secret of the company.',
  setup: {
    where: 'Settings, Rules, an action Send to a webhook; the API secret is under Developers.',
    paste: 'The address of this source as URL of the webhook; the API secret here.',
  },
  checkedWith: 'vectors',
};
