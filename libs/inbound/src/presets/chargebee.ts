import type { Preset } from './preset.js';

export const chargebee: Preset = {
  name: 'chargebee',
  title: 'Chargebee',
  docs: 'https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings',
  scheme: {
    kind: 'shared',
    value: { header: 'Authorization', prefix: 'Basic ' },
    as: 'basic',
  },
  dedupeId: { body: '/id' },
  secretHint: 'user:password, as you chose them.',
  setup: {
    where: 'Settings, Configure Chargebee, Webhooks, Add Webhook, Protect with basic authentication.',
    paste: 'The address of this source as Webhook URL; user and password there, user:password here.',
  },
  note: 'The password does not cover the body.',
  checkedWith: 'vectors',
};
