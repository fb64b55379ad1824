import type { Preset } from './preset.js';

const ITEM = '/notificationItems/0/NotificationRequestItem';
const REFERENCES = ['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'];
const FIELDS = [...REFERENCES, 'amount/value', 'amount/currency', 'eventCode', 'success'];

export const adyen: Preset = {
  name: 'adyen',
  title: 'Adyen',
  docs: 'https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { body: `${ITEM}/additionalData/hmacSignature` },
    encoding: 'base64',
    over: FIELDS.map((field) => `{body:${ITEM}/${field}}`).join(':'),
    single: '/notificationItems',
    secret: { encoding: 'hex' },
  },
  dedupeId: ['pspReference', 'eventCode', 'success'].map((field) => ({ body: `${ITEM}/${field}` })),
  secretHint: 'The HMAC key of the webhook, hexadecimal.',
  setup: {
    where: 'Customer Area, Developers, Webhooks, Standard webhook, Security: HMAC key.',
    paste: 'The address of this source as Server configuration URL; the generated HMAC key here.',
  },
  note: 'Eight fields are signed, not the body: do not rely on other fields.',
  checkedWith: { library: '@adyen/api-library' },
};
