import type { Preset } from './preset.js';

export const fusionauth: Preset = {
  name: 'fusionauth',
  title: 'FusionAuth',
  docs: 'https://fusionauth.io/docs/extend/events-and-webhooks/signing',
  scheme: {
    kind: 'jwt',
    token: { header: 'X-FusionAuth-Signature-JWT' },
    algorithms: ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
    bodyHash: { claim: 'request_body_sha256', encoding: 'base64' },
  },
  dedupeId: { body: '/event/id' },
  secretHint: 'The signing key from Key Master: its secret for HMAC, otherwise its public key as PEM or JWK.',
  setup: {
    where: 'Settings, Webhooks, a webhook, Security: Sign events.',
    paste: 'The address of this source as URL; the signing key here.',
  },
  checkedWith: { library: 'jose' },
};
