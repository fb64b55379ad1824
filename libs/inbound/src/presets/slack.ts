import type { Preset } from './preset.js';

export const slack: Preset = {
  name: 'slack',
  title: 'Slack',
  docs: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-Slack-Signature', fieldSep: '=', field: 'v0' },
    encoding: 'hex',
    over: 'v0:{timestamp}:{body}',
    timestamp: { from: { header: 'X-Slack-Request-Timestamp' }, unit: 's', toleranceS: 300 },
  },
  dedupeId: { body: '/event_id' },
  handshakes: ['slack'],
  secretHint: 'The signing secret of the app.',
  setup: {
    where: 'Your app, Event Subscriptions; the signing secret is under Basic Information.',
    paste: 'The address of this source as Request URL; the signing secret here.',
  },
  answers: '2xx within 3 s',
  checkedWith: { library: '@slack/bolt' },
};
