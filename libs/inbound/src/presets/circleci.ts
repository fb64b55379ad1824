import { listField } from './list-field.js';
import type { Preset } from './preset.js';

export const circleci: Preset = {
  name: 'circleci',
  title: 'CircleCI',
  docs: 'https://circleci.com/docs/guides/integration/outbound-webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: listField('circleci-signature', 'v1'),
    encoding: 'hex',
    over: '{body}',
  },
  dedupeId: { body: '/id' },
  secretHint: 'The secret token that you chose.',
  setup: {
    where: 'Project Settings, Webhooks, Add Webhook.',
    paste: 'The address of this source as Receiver URL; the same secret token on both sides.',
  },
  checkedWith: 'vectors',
};
