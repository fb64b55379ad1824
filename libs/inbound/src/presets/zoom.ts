import type { Preset } from './preset.js';

export const zoom: Preset = {
  name: 'zoom',
  title: 'Zoom',
  docs: 'https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'x-zm-signature', fieldSep: '=', field: 'v0' },
    encoding: 'hex',
    over: 'v0:{timestamp}:{body}',
    timestamp: { from: { header: 'x-zm-request-timestamp' }, unit: 's', toleranceS: 300 },
  },
  handshakes: ['zoom'],
  secretHint: 'The secret token of the app.',
  setup: {
    where: 'App Marketplace, your app, Feature, Event Subscriptions.',
    paste: 'The address of this source as Event notification endpoint URL; the secret token here.',
  },
  answer: { status: 200, contentType: null, body: '' },
  answers: '200 or 204 within 3 s',
  checkedWith: 'vectors',
};
