import type { Preset } from './preset.js';

export const googleChannel: Preset = {
  name: 'google-channel',
  title: 'Google push channels (Calendar, Drive)',
  docs: 'https://developers.google.com/workspace/drive/api/guides/push',
  scheme: {
    kind: 'shared',
    value: { header: 'X-Goog-Channel-Token' },
  },
  dedupeId: [{ header: 'X-Goog-Channel-ID' }, { header: 'X-Goog-Message-Number' }],
  secretHint: 'The token that you sent when you made the channel.',
  setup: {
    where: 'Google API: the watch method of the resource.',
    paste: 'The address of this source as address; the same token on both sides.',
  },
  note: 'The token does not cover the body.',
  checkedWith: 'vectors',
};
