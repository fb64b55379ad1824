import type { Preset } from './preset.js';

export const telegram: Preset = {
  name: 'telegram',
  title: 'Telegram',
  docs: 'https://core.telegram.org/bots/api#setwebhook',
  scheme: {
    kind: 'shared',
    value: { header: 'X-Telegram-Bot-Api-Secret-Token' },
  },
  dedupeId: { body: '/update_id' },
  secretHint: 'The secret_token of setWebhook: 1 to 256 letters, digits, _ and -.',
  setup: {
    where: 'Bot API: setWebhook.',
    paste: 'The address of this source as url; the same secret_token on both sides.',
  },
  note: 'The token does not cover the body.',
  checkedWith: 'vectors',
};
