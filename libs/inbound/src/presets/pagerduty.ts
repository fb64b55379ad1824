import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const pagerduty: Preset = {
  name: 'pagerduty',
  title: 'PagerDuty',
  docs: 'https://developer.pagerduty.com/docs/verifying-webhook-signatures',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('X-PagerDuty-Signature', 'v1'),
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/event/id' },
  secretHint: 'The secret of the webhook subscription, which is shown once.',
  setup: {
    where: 'Integrations, Generic Webhooks (v3), New Webhook.',
    paste: 'The address of this source as Webhook URL; the secret here.',
  },
  checkedWith: 'vectors',
};
