import type { Preset } from './preset.js';

export const sentry: Preset = {
  name: 'sentry',
  title: 'Sentry',
  docs: 'https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'Sentry-Hook-Signature' },
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { header: 'Request-ID' },
  secretHint: 'The client secret of the integration.',
  setup: {
    where: 'Settings, Developer Settings, your integration.',
    paste: 'The address of this source as Webhook URL; the client secret here.',
  },
  checkedWith: 'vectors',
};
