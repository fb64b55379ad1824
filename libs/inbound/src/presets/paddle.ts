import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const paddle: Preset = {
  name: 'paddle',
  title: 'Paddle',
  docs: 'https://developer.paddle.com/webhooks/signature-verification',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('Paddle-Signature', 'h1', ';'),
    encoding: 'hex',
    over: '{timestamp}:{body}',
    timestamp: { from: listField('Paddle-Signature', 'ts', ';'), unit: 's', toleranceS: 300 },
  },
  dedupeId: { body: '/event_id' },
  secretHint: 'The secret key of the notification destination, with its pdl_ntfset_ prefix.',
  setup: {
    where: 'Developer tools, Notifications, New destination.',
    paste: 'The address of this source as URL; the secret key here.',
  },
  checkedWith: { library: '@paddle/paddle-node-sdk' },
};
