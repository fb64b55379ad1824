import type { Preset } from './preset.js';

export const livekit: Preset = {
  name: 'livekit',
  title: 'LiveKit',
  docs: 'https://docs.livekit.io/home/server/webhooks/',
  scheme: {
    kind: 'jwt',
    token: { header: 'Authorization' },
    algorithms: ['HS256'],
    bodyHash: { claim: 'sha256', encoding: 'base64' },
  },
  dedupeId: { body: '/id' },
  secretHint: 'The API secret that belongs to the API key of the webhook.',
  setup: {
    where: 'Cloud project, Settings, Webhooks; or webhook in the configuration of the server.',
    paste: 'The address of this source as URL; the API secret here.',
  },
  checkedWith: { library: 'livekit-server-sdk' },
};
