import type { Preset } from './preset.js';

export const bitbucket: Preset = {
  name: 'bitbucket',
  title: 'Bitbucket',
  docs: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Hub-Signature', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'X-Request-UUID' },
  secretHint: 'The secret of the webhook.',
  setup: {
    where: 'Repository settings, Webhooks, Add webhook.',
    paste: 'The address of this source as URL; the same secret on both sides.',
  },
  note: 'Without a secret Bitbucket sends no signature. The header is that of Snyk, Jira and Intercom, too.',
  checkedWith: 'vectors',
};
