import type { Preset } from './preset.js';

export const mailgun: Preset = {
  name: 'mailgun',
  title: 'Mailgun',
  docs: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { body: '/signature/signature' },
    encoding: 'hex',
    over: '{timestamp}{body:/signature/token}',
    timestamp: { from: { body: '/signature/timestamp' }, unit: 's', toleranceS: 86400 },
  },
  dedupeId: { body: '/signature/token' },
  secretHint: 'The HTTP webhook signing key of the account.',
  setup: {
    where: 'Sending, Webhooks; the key is under API Security.',
    paste: 'The address of this source as URL of each event; the signing key here.',
  },
  answer: { status: 200, contentType: null, body: '' },
  answers: '200; it repeats after others for 8 hours, except after 406',
  note: 'Timestamp and token are signed, not the body. A repeat hours later has the first timestamp, so a day is allowed.',
  checkedWith: 'vectors',
};
