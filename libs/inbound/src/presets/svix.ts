import type { Preset } from './preset.js';

export const svix: Preset = {
  name: 'svix',
  title: 'Svix (Clerk, Resend, Brex and others)',
  docs: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'svix-signature', itemSep: ' ', fieldSep: ',', field: 'v1' },
    encoding: 'base64',
    over: '{id}.{timestamp}.{body}',
    timestamp: { from: { header: 'svix-timestamp' }, unit: 's', toleranceS: 300 },
    id: { header: 'svix-id' },
    secret: { encoding: 'base64', prefix: 'whsec_' },
  },
  dedupeId: { header: 'svix-id' },
  secretHint: 'The signing secret of the endpoint, base64 after whsec_.',
  setup: {
    where: 'The webhook endpoints page of the provider that uses Svix.',
    paste: 'The address of this source as a new endpoint; its signing secret here.',
  },
  checkedWith: { library: 'svix' },
};
