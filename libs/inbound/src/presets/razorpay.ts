import type { Preset } from './preset.js';

export const razorpay: Preset = {
  name: 'razorpay',
  title: 'Razorpay',
  docs: 'https://razorpay.com/docs/webhooks/validate-test/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Razorpay-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'x-razorpay-event-id' },
  secretHint: 'The secret that you chose for the webhook.',
  setup: {
    where: 'Account & Settings, Webhooks, Add New Webhook.',
    paste: 'The address of this source as Webhook URL; the same secret on both sides.',
  },
  checkedWith: { library: 'razorpay' },
};
