import type { Preset } from './preset.js';

export const github: Preset = {
  name: 'github',
  title: 'GitHub',
  docs: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Hub-Signature-256', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'X-GitHub-Delivery' },
  secretHint: 'The secret that you chose for the webhook.',
  setup: {
    where: 'Settings of the repository or organization, Webhooks, Add webhook.',
    paste:
      'The address of this source as Payload URL, application/json as content type; the same secret on both sides.',
  },
  answers: '2xx within 10 s',
  checkedWith: { library: '@octokit/webhooks-methods' },
};
