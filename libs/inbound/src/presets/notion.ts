import type { Preset } from './preset.js';

export const notion: Preset = {
  name: 'notion',
  title: 'Notion',
  docs: 'https://developers.notion.com/reference/webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Notion-Signature', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/id' },
  handshakes: ['notion'],
  secretHint: 'The verification token that Notion sends first.',
  setup: {
    where: 'Your integration, Webhooks, Create a subscription.',
    paste:
      'The address of this source as Webhook URL; the token of the first request here, and there to verify.',
  },
  checkedWith: { library: '@notionhq/client' },
};
