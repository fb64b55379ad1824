import type { Preset } from './preset.js';

export const gitlabToken: Preset = {
  name: 'gitlab-token',
  title: 'GitLab (secret token)',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  scheme: {
    kind: 'shared',
    value: { header: 'X-Gitlab-Token' },
  },
  dedupeId: { header: 'Idempotency-Key' },
  secretHint: 'The secret token that you chose.',
  setup: {
    where: 'Project or group, Settings, Webhooks, Add new webhook.',
    paste: 'The address of this source as URL; the same secret token on both sides.',
  },
  note: 'The token does not cover the body: prefer the preset gitlab where GitLab offers a signing token.',
  checkedWith: 'vectors',
};
