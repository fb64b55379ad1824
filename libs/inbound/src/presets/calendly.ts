import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const calendly: Preset = {
  name: 'calendly',
  title: 'Calendly',
  docs: 'https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('Calendly-Webhook-Signature', 'v1'),
    encoding: 'hex',
    over: '{timestamp}.{body}',
    timestamp: { from: listField('Calendly-Webhook-Signature', 't'), unit: 's', toleranceS: 180 },
  },
  secretHint: 'The signing key of the webhook subscription.',
  setup: {
    where: 'Calendly API: POST /webhook_subscriptions.',
    paste: 'The address of this source as url; the same signing_key on both sides.',
  },
  checkedWith: 'vectors',
};
