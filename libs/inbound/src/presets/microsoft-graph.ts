import type { Preset } from './preset.js';

export const microsoftGraph: Preset = {
  name: 'microsoft-graph',
  title: 'Microsoft Graph',
  docs: 'https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks',
  scheme: {
    kind: 'shared',
    value: { body: '/value/0/clientState' },
  },
  handshakes: ['graph'],
  secretHint: 'The clientState of the subscription, up to 128 characters.',
  setup: {
    where: 'Microsoft Graph: POST /subscriptions.',
    paste:
      'The address of this source as notificationUrl and lifecycleNotificationUrl; the same clientState on both sides.',
  },
  answers: '2xx within 3 s',
  note: 'The clientState of the first notification is compared; it does not cover the body. Notifications with resource data have validation tokens, too: check these in your app.',
  checkedWith: 'vectors',
};
