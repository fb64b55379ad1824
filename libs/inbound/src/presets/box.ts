import type { Preset } from './preset.js';

export const box: Preset = {
  name: 'box',
  title: 'Box',
  docs: 'https://developer.box.com/guides/webhooks/v2/signatures-v2/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: ['BOX-SIGNATURE-PRIMARY', 'BOX-SIGNATURE-SECONDARY'] },
    encoding: 'base64',
    over: '{body}{timestamp}',
    timestamp: { from: { header: 'BOX-DELIVERY-TIMESTAMP' }, unit: 'iso', toleranceS: 600 },
  },
  dedupeId: { body: '/id' },
  secretHint: 'The primary or secondary signature key of the app.',
  setup: {
    where: 'Developer Console, your app, Webhooks, Manage signature keys.',
    paste: 'The address of this source as URL Address; both signature keys here.',
  },
  checkedWith: { library: 'box-node-sdk' },
};
