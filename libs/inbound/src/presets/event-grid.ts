import type { Preset } from './preset.js';

export const eventGrid: Preset = {
  name: 'event-grid',
  title: 'Azure Event Grid',
  docs: 'https://learn.microsoft.com/en-us/azure/event-grid/delivery-properties',
  scheme: {
    kind: 'shared',
    value: { header: 'X-Webhook-Secret' },
  },
  dedupeId: { body: '/0/id' },
  handshakes: ['cloudevents'],
  secretHint: 'The value that you chose for the header.',
  setup: {
    where: 'Your event subscription, Endpoint type Web Hook, Delivery properties.',
    paste:
      'The address of this source as endpoint; X-Webhook-Secret as static header, its value a secret, and the same secret here.',
  },
  note: 'The secret does not cover the body. Leave output batching off: a repeat is recognised by the first event.',
  checkedWith: 'vectors',
};
