import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const workos: Preset = {
  name: 'workos',
  title: 'WorkOS',
  docs: 'https://workos.com/docs/events/data-syncing/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('WorkOS-Signature', 'v1'),
    encoding: 'hex',
    over: '{timestamp}.{body}',
    timestamp: { from: listField('WorkOS-Signature', 't'), unit: 'ms', toleranceS: 180 },
  },
  dedupeId: { body: '/id' },
  secretHint: 'The secret of the webhook endpoint.',
  setup: {
    where: 'Dashboard, Developer, Webhooks, Create webhook.',
    paste: 'The address of this source as Endpoint URL; its secret here.',
  },
  checkedWith: { library: '@workos-inc/node' },
};
