import type { Preset } from './preset.js';

export const jira: Preset = {
  name: 'jira',
  title: 'Jira',
  docs: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Hub-Signature', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'X-Atlassian-Webhook-Identifier' },
  secretHint: 'The secret of the webhook.',
  setup: {
    where: 'Jira settings, System, WebHooks, Create a WebHook.',
    paste: 'The address of this source as URL; the same secret on both sides.',
  },
  checkedWith: 'vectors',
};
