import type { Preset } from './preset.js';

export const calCom: Preset = {
  name: 'cal-com',
  title: 'Cal.com',
  docs: 'https://cal.com/docs/developing/guides/automation/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Cal-Signature-256' },
    encoding: 'hex',
    over: '{body}',
  },
  secretHint: 'The secret that you chose for the webhook.',
  setup: {
    where: 'Settings, Developer, Webhooks, New.',
    paste: 'The address of this source as Subscriber URL; the same secret on both sides.',
  },
  checkedWith: 'vectors',
};
