import type { Preset } from './preset.js';

export const sendgrid: Preset = {
  name: 'sendgrid',
  title: 'SendGrid',
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  scheme: {
    kind: 'public-key',
    algorithm: 'ecdsa-p256-sha256',
    signature: { header: 'X-Twilio-Email-Event-Webhook-Signature' },
    encoding: 'base64',
    over: '{timestamp}{body}',
    timestamp: { from: { header: 'X-Twilio-Email-Event-Webhook-Timestamp' }, unit: 's' },
    key: { form: 'spki-base64' },
  },
  secretHint: 'The verification key (a public key), base64 without lines of PEM.',
  setup: {
    where: 'Settings, Mail Settings, Event Webhooks, Security features: Signed Event Webhook.',
    paste: 'The address of this source as Post URL; the verification key here.',
  },
  checkedWith: { library: '@sendgrid/eventwebhook' },
};
