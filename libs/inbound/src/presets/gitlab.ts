import type { Preset } from './preset.js';
import { standardWebhooksScheme } from './standard-webhooks-scheme.js';

export const gitlab: Preset = {
  name: 'gitlab',
  title: 'GitLab (signing token)',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  scheme: standardWebhooksScheme('webhook'),
  dedupeId: { header: 'webhook-id' },
  secretHint: 'The signing token, base64 after whsec_.',
  setup: {
    where: 'Project or group, Settings, Webhooks, Add new webhook.',
    paste: 'The address of this source as URL; the signing token here.',
  },
  checkedWith: { library: 'standardwebhooks' },
};
