import type { Preset } from './preset.js';

export const attio: Preset = {
  name: 'attio',
  title: 'Attio',
  docs: 'https://docs.attio.com/rest-api/guides/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'Attio-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'Idempotency-Key' },
  secretHint: 'The secret of the webhook.',
  setup: {
    where: 'Workspace settings, Developers, your integration, Webhooks.',
    paste: 'The address of this source as target URL; the secret that is shown here.',
  },
  checkedWith: 'vectors',
};
