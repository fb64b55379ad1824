import type { Preset } from './preset.js';

export const intercom: Preset = {
  name: 'intercom',
  title: 'Intercom',
  docs: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha1',
    signature: { header: 'X-Hub-Signature', fieldSep: '=', field: 'sha1' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/id' },
  secretHint: 'The client secret of the app.',
  setup: {
    where: 'Developer Hub, your app, Configure, Webhooks; the client secret is under Basic information.',
    paste: 'The address of this source as endpoint URL; the client secret here.',
  },
  checkedWith: 'vectors',
};
