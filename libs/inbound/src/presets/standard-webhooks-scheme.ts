import type { HmacScheme } from '../verification/scheme.js';

/** The scheme of Standard Webhooks. @param prefix of its three headers */
export function standardWebhooksScheme(prefix: string): HmacScheme {
  return {
    kind: 'hmac',
    algorithm: 'sha256',
    signature: { header: `${prefix}-signature`, itemSep: ' ', fieldSep: ',', field: 'v1' },
    encoding: 'base64',
    over: '{id}.{timestamp}.{body}',
    timestamp: { from: { header: `${prefix}-timestamp` }, unit: 's', toleranceS: 300 },
    id: { header: `${prefix}-id` },
    secret: { encoding: 'base64', prefix: 'whsec_' },
  };
}
