import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const stripe: Preset = {
  name: 'stripe',
  title: 'Stripe',
  docs: 'https://docs.stripe.com/webhooks#verify-manually',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('Stripe-Signature', 'v1'),
    encoding: 'hex',
    over: '{timestamp}.{body}',
    timestamp: { from: listField('Stripe-Signature', 't'), unit: 's', toleranceS: 300 },
  },
  dedupeId: { body: '/id' },
  secretHint: 'The signing secret of the endpoint; all of it, whsec_ included, is the key.',
  setup: {
    where: 'Workbench, Webhooks, Add destination.',
    paste: 'The address of this source as Endpoint URL; its signing secret here.',
  },
  checkedWith: { library: 'stripe' },
};
