import type { Preset } from './preset.js';

export const strava: Preset = {
  name: 'strava',
  title: 'Strava',
  docs: 'https://developers.strava.com/docs/webhooks/',
  scheme: {
    kind: 'shared',
    value: { body: '/subscription_id' },
  },
  handshakes: ['strava'],
  secretHint: 'The id of the subscription, which Strava answers when it is made.',
  setup: {
    where: 'Strava API: POST /push_subscriptions.',
    paste:
      'The address of this source as callback_url and a verify token of your choice; the same token here, then the id of the subscription.',
    options: { verifyToken: 'The verify_token that Strava sends when the subscription is made.' },
  },
  answer: { status: 200, contentType: null, body: '' },
  answers: '200 within 2 s',
  note: 'Strava signs nothing: the id of the subscription is all that can be compared. Read the activity from Strava before you rely on it.',
  checkedWith: 'vectors',
};
