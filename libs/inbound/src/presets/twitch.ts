import type { Preset } from './preset.js';

export const twitch: Preset = {
  name: 'twitch',
  title: 'Twitch EventSub',
  docs: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'Twitch-Eventsub-Message-Signature', fieldSep: '=', field: 'sha256' },
    encoding: 'hex',
    over: '{id}{timestamp}{body}',
    timestamp: { from: { header: 'Twitch-Eventsub-Message-Timestamp' }, unit: 'iso', toleranceS: 600 },
    id: { header: 'Twitch-Eventsub-Message-Id' },
  },
  dedupeId: { header: 'Twitch-Eventsub-Message-Id' },
  handshakes: ['twitch'],
  secretHint: 'The secret that you chose for the subscription, 10 to 100 ASCII characters.',
  setup: {
    where: 'Twitch API: POST /helix/eventsub/subscriptions, transport method webhook.',
    paste:
      'The address of this source as callback; the same secret on both sides, here before the subscription is made.',
  },
  answers: '2xx within a few seconds',
  checkedWith: 'vectors',
};
