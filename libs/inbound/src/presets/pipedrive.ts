import type { Preset } from './preset.js';

export const pipedrive: Preset = {
  name: 'pipedrive',
  title: 'Pipedrive',
  docs: 'https://pipedrive.readme.io/docs/guide-for-webhooks-v2',
  scheme: {
    kind: 'shared',
    value: { header: 'Authorization', prefix: 'Basic ' },
    as: 'basic',
  },
  secretHint: 'user:password, as you chose them.',
  setup: {
    where: 'Tools and apps, Webhooks, Create new webhook, HTTP Auth.',
    paste: 'The address of this source as Endpoint URL; user and password there, user:password here.',
  },
  note: 'The password does not cover the body.',
  checkedWith: 'vectors',
};
