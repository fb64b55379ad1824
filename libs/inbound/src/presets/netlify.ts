import type { Preset } from './preset.js';

export const netlify: Preset = {
  name: 'netlify',
  title: 'Netlify',
  docs: 'https://docs.netlify.com/deploy/deploy-notifications/#payload-signature',
  scheme: {
    kind: 'jwt',
    token: { header: 'X-Webhook-Signature' },
    algorithms: ['HS256'],
    bodyHash: { claim: 'sha256', encoding: 'hex' },
    issuers: ['netlify'],
  },
  secretHint: 'The JWS secret token that you chose.',
  setup: {
    where: 'Project configuration, Notifications, Add notification, HTTP POST request.',
    paste: 'The address of this source as URL to notify; the same JWS secret token on both sides.',
  },
  checkedWith: { library: 'jose' },
};
