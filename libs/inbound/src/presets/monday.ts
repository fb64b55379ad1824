import type { Preset } from './preset.js';

export const monday: Preset = {
  name: 'monday',
  title: 'monday.com',
  docs: 'https://developer.monday.com/apps/docs/integration-authorization',
  scheme: {
    kind: 'jwt',
    token: { header: 'Authorization' },
    algorithms: ['HS256'],
    maxAgeS: 300,
  },
  dedupeId: { body: '/event/triggerUuid' },
  handshakes: ['monday'],
  secretHint: 'The signing secret of the app that made the webhook.',
  setup: {
    where: 'monday.com API: the mutation create_webhook, with a token of your app.',
    paste: 'The address of this source as url; the signing secret here.',
  },
  note: 'The token does not cover the body. Webhooks that are not made by an app have no token, and are refused.',
  checkedWith: 'vectors',
};
