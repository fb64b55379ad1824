import type { Preset } from './preset.js';

export const plaid: Preset = {
  name: 'plaid',
  title: 'Plaid',
  docs: 'https://plaid.com/docs/api/webhooks/webhook-verification/',
  scheme: {
    kind: 'jwt',
    token: { header: 'Plaid-Verification' },
    algorithms: ['ES256'],
    bodyHash: { claim: 'request_body_sha256', encoding: 'hex' },
    maxAgeS: 300,
  },
  secretHint: 'A verification key of Plaid, as the JWK that /webhook_verification_key/get returns.',
  setup: {
    where: 'Dashboard, Developers, Webhooks; or webhook in the call that makes an item.',
    paste:
      'The address of this source as webhook; the JWK of the key id in the header here. Add the new one when Plaid changes its key.',
  },
  checkedWith: { library: 'jose' },
};
