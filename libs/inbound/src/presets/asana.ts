import type { Preset } from './preset.js';

export const asana: Preset = {
  name: 'asana',
  title: 'Asana',
  docs: 'https://developers.asana.com/docs/webhooks-guide',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Hook-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  handshakes: ['asana'],
  secretHint: 'None to paste: Asana sends it when the webhook is made, and it is stored then.',
  setup: {
    where: 'Asana API: POST /webhooks.',
    paste:
      'The address of this source as target. Each webhook has a secret of its own, and needs a source of its own.',
  },
  note: 'A secret that is stored is never replaced by a challenge: if Asana says that the webhook was not made, delete the source and create it again.',
  checkedWith: 'vectors',
};
