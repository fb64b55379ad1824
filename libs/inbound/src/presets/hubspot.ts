import type { Preset } from './preset.js';

export const hubspot: Preset = {
  name: 'hubspot',
  title: 'HubSpot',
  docs: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-HubSpot-Signature-v3' },
    encoding: 'base64',
    over: '{method}{url:decoded}{body}{timestamp}',
    timestamp: { from: { header: 'X-HubSpot-Request-Timestamp' }, unit: 'ms', toleranceS: 300 },
  },
  secretHint: 'The client secret of the app.',
  setup: {
    where: 'Your app, Webhooks; the client secret is under Auth.',
    paste: 'The address of this source as target URL; the client secret here.',
  },
  note: 'The URL is signed: the public URL of this installation must be the one that HubSpot calls.',
  checkedWith: { library: '@hubspot/api-client' },
};
