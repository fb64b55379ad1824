import type { Preset } from './preset.js';

export const discord: Preset = {
  name: 'discord',
  title: 'Discord',
  docs: 'https://docs.discord.com/developers/events/webhook-events',
  scheme: {
    kind: 'public-key',
    algorithm: 'ed25519',
    signature: { header: 'X-Signature-Ed25519' },
    encoding: 'hex',
    over: '{timestamp}{body}',
    timestamp: { from: { header: 'X-Signature-Timestamp' }, unit: 's' },
    key: { form: 'raw-hex' },
  },
  dedupeId: { body: '/id' },
  handshakes: ['discord'],
  secretHint: 'The public key of the application, 64 hexadecimal digits.',
  setup: {
    where: 'Developer Portal, your application, Webhooks (or General Information for interactions).',
    paste: 'The address of this source as Endpoint URL; the public key here.',
  },
  answer: { status: 204, contentType: null, body: '' },
  answers: '204 within 3 s, and 401 to a wrong signature; interactions want a content, which is not given',
  checkedWith: { library: 'discord-interactions' },
};
