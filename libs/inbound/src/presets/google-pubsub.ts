import type { Preset } from './preset.js';

export const googlePubsub: Preset = {
  name: 'google-pubsub',
  title: 'Google Cloud Pub/Sub push',
  docs: 'https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions',
  scheme: {
    kind: 'jwt',
    token: { header: 'Authorization', prefix: 'Bearer ' },
    algorithms: ['RS256'],
    jwks: 'https://www.googleapis.com/oauth2/v3/certs',
    issuers: ['https://accounts.google.com', 'accounts.google.com'],
    audienceOption: 'audience',
  },
  dedupeId: { body: '/message/messageId' },
  secretHint: 'None: Google signs with its own key.',
  setup: {
    where: 'Pub/Sub, your subscription, Delivery type Push, Enable authentication.',
    paste: 'The address of this source as Endpoint URL; an audience of your choice on both sides.',
    options: { audience: 'The audience of the subscription; the endpoint URL if you chose none.' },
  },
  note: 'The token does not cover the body.',
  checkedWith: { library: 'jose' },
};
