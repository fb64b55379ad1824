import type { Preset } from './preset.js';

export const cloudflare: Preset = {
  name: 'cloudflare',
  title: 'Cloudflare notifications',
  docs: 'https://developers.cloudflare.com/notifications/get-started/configure-webhooks/',
  scheme: {
    kind: 'shared',
    value: { header: 'cf-webhook-auth' },
  },
  secretHint: 'The secret that you chose for the destination.',
  setup: {
    where: 'Notifications, Destinations, Webhooks, Create.',
    paste: 'The address of this source as URL; the same secret on both sides.',
  },
  note: 'The secret does not cover the body.',
  checkedWith: 'vectors',
};
