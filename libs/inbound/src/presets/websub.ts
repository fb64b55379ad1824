import type { Preset } from './preset.js';

export const websub: Preset = {
  name: 'websub',
  title: 'WebSub',
  docs: 'https://www.w3.org/TR/websub/#authenticated-content-distribution',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha1',
    signature: { header: 'X-Hub-Signature', fieldSep: '=', field: 'sha1' },
    encoding: 'hex',
    over: '{body}',
  },
  handshakes: ['websub'],
  secretHint: 'The hub.secret of the subscription, less than 200 bytes.',
  setup: {
    where: 'The hub of the feed: POST with hub.mode=subscribe.',
    paste: 'The address of this source as hub.callback; the same hub.secret on both sides.',
  },
  note: 'With SHA-1, as the hub of YouTube signs. For a hub that signs with SHA-256 give the source a scheme of its own.',
  checkedWith: 'vectors',
};
