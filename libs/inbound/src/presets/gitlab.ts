import type { Preset } from './preset.js';

export const gitlab: Preset = {
  name: 'gitlab',
  title: 'GitLab (signing token)',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'webhook-signature', itemSep: ' ', fieldSep: ',', field: 'v1' },
    encoding: 'base64',
    over: '{id}.{timestamp}.{body}',
    timestamp: { from: { header: 'webhook-timestamp' }, unit: 's', toleranceS: 300 },
    id: { header: 'webhook-id' },
    secret: { encoding: 'base64', prefix: 'whsec_' },
  },
  dedupeId: { header: 'webhook-id' },
  secretHint: 'The signing token, base64 after whsec_.',
  setup: {
    where: 'Project or group, Settings, Webhooks, Add new webhook.',
    paste: 'The address of this source as URL; the signing token here.',
  },
  checkedWith: { library: 'standardwebhooks' },
};
