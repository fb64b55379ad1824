import type { Preset } from './preset.js';

export const paypal: Preset = {
  name: 'paypal',
  title: 'PayPal',
  docs: 'https://developer.paypal.com/api/rest/webhooks/rest/',
  scheme: {
    kind: 'public-key',
    algorithm: { by: { header: 'PAYPAL-AUTH-ALGO' }, when: { SHA256withRSA: 'rsa-sha256' } },
    signature: { header: 'PAYPAL-TRANSMISSION-SIG' },
    encoding: 'base64',
    over: '{header:PAYPAL-TRANSMISSION-ID}|{header:PAYPAL-TRANSMISSION-TIME}|{option:webhookId}|{crc32}',
    key: { certificate: { header: 'PAYPAL-CERT-URL' }, hosts: ['*.paypal.com', '*.sandbox.paypal.com'] },
  },
  dedupeId: { body: '/id' },
  secretHint: 'None: PayPal signs with its certificate.',
  setup: {
    where: 'Developer Dashboard, your app, Webhooks, Add Webhook.',
    paste: 'The address of this source as Webhook URL; the Webhook ID that PayPal then shows here.',
    options: { webhookId: 'The Webhook ID, which is part of the signed text.' },
  },
  note: 'The signature covers a CRC-32 of the body, which is no cryptographic hash.',
  checkedWith: 'vectors',
};
