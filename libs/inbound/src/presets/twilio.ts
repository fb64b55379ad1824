import { listField } from './list-field.js';
import type { Preset } from './preset.js';

const SETTINGS = listField('X-Twilio-Webhooks-Signature-Settings', 'algorithm');

export const twilio: Preset = {
  name: 'twilio',
  title: 'Twilio',
  docs: 'https://www.twilio.com/docs/usage/webhooks/webhooks-security',
  scheme: {
    kind: 'hmac',
    algorithm: { by: SETTINGS, when: { HMAC_SHA1: 'sha1', HMAC_SHA256: 'sha256' }, otherwise: 'sha1' },
    signature: { header: 'X-Twilio-Signature' },
    encoding: 'base64',
    over: '{url}{form}',
    urlPort: 'either',
    bodyHash: { from: { query: 'bodySHA256' }, encoding: 'hex' },
  },
  dedupeId: { header: 'I-Twilio-Idempotency-Token' },
  secretHint: 'The primary auth token of the account.',
  setup: {
    where: 'Console, the phone number or service, the field for its webhook.',
    paste: 'The address of this source, exactly as it is; the auth token here.',
  },
  note: 'The URL is signed: the public URL of this installation must be the one that Twilio calls.',
  checkedWith: { library: 'twilio' },
};
