import type { Preset } from './preset.js';

export const woocommerce: Preset = {
  name: 'woocommerce',
  title: 'WooCommerce',
  docs: 'https://woocommerce.com/document/webhooks/',
  scheme: {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: 'X-WC-Webhook-Signature' },
    encoding: 'base64',
    over: '{body}',
  },
  dedupeId: { header: 'X-WC-Webhook-Delivery-ID' },
  handshakes: ['woocommerce'],
  secretHint: 'The secret of the webhook.',
  setup: {
    where: 'WooCommerce, Settings, Advanced, Webhooks, Add webhook.',
    paste: 'The address of this source as Delivery URL; the same secret on both sides.',
  },
  checkedWith: 'vectors',
};
