import type { Preset } from './preset.js';

export const snyk: Preset = {
  name: 'snyk',
  title: 'Snyk',
  docs: 'https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis/validate-payloads',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Hub-Signature', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'X-Snyk-Transport-ID' },
  secretHint: 'The secret that you sent when you created the webhook.',
  setup: {
    where: 'Snyk API: POST /org/{orgId}/webhooks.',
    paste: 'The address of this source as url; the same secret on both sides.',
  },
  checkedWith: 'vectors',
};
