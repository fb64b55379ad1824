import type { Preset } from './preset.js';

export const trello: Preset = {
  name: 'trello',
  title: 'Trello',
  docs: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha1',
    signature: { header: 'X-Trello-Webhook' },
    encoding: 'base64',
    over: '{body}{url}',
  },
  dedupeId: { body: '/action/id' },
  handshakes: ['head'],
  secretHint: 'The secret of the Power-Up (API secret), not the token.',
  setup: {
    where: 'Trello API: POST /1/webhooks; the secret is on the API key page of the Power-Up.',
    paste: 'The address of this source as callbackURL, exactly as it is; the secret here.',
  },
  note: 'The URL is signed: the public URL of this installation must be the callbackURL.',
  checkedWith: 'vectors',
};
