import type { Preset } from './preset.js';

export const lemonSqueezy: Preset = {
  name: 'lemon-squeezy',
  title: 'Lemon Squeezy',
  docs: 'https://docs.lemonsqueezy.com/help/webhooks/signing-requests',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  secretHint: 'The signing secret that you chose.',
  setup: {
    where: 'Settings, Webhooks, Add webhook.',
    paste: 'The address of this source as Callback URL; the same signing secret on both sides.',
  },
  checkedWith: 'vectors',
};
