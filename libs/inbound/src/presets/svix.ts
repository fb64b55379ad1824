import type { Preset } from './preset.js';
import { standardWebhooksScheme } from './standard-webhooks-scheme.js';

export const svix: Preset = {
  name: 'svix',
  title: 'Svix (Clerk, Resend, Brex and others)',
  docs: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
  scheme: standardWebhooksScheme('svix'),
  dedupeId: { header: 'svix-id' },
  secretHint: 'The signing secret of the endpoint, base64 after whsec_.',
  setup: {
    where: 'The webhook endpoints page of the provider that uses Svix.',
    paste: 'The address of this source as a new endpoint; its signing secret here.',
  },
  checkedWith: { library: 'svix' },
};
