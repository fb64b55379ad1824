import { HEADER_MAX_BYTES, HEADERS_MAX_COUNT } from '@breakwater/webhook-client';

/** Names an app may not set, in lower case; `*` stands for any ending. The webhook client has the last word. */
export const REFUSED_HEADERS: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-*',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'http2-settings',
  'content-*',
  'accept-encoding',
  'forwarded',
  'x-forwarded-*',
  'x-real-ip',
  'via',
  'true-client-ip',
  'cf-connecting-ip',
  'webhook-*',
  'x-platform-*',
  'x-webhook-*',
  'x-request-id',
  'x-timeout-ms',
  'x-retry-attempt',
  'x-max-attempts',
  'user-agent',
  'traceparent',
  'tracestate',
  'baggage',
  'metadata',
  'metadata-flavor',
  'x-google-metadata-request',
  'x-aws-ec2-metadata-token*',
];

/** Custom headers in JSON Schema. It cannot say that a name is given twice in two cases. */
export const HEADERS_SCHEMA = {
  type: 'object',
  maxProperties: HEADERS_MAX_COUNT,
  propertyNames: {
    maxLength: HEADER_MAX_BYTES,
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z\\-]+$",
    not: { pattern: `^(?:${[...REFUSED_HEADERS, '__proto__'].map(anyCase).join('|')})$` },
  },
  additionalProperties: {
    type: 'string',
    maxLength: HEADER_MAX_BYTES - 1,
    pattern: '^[\\t\\u0020-\\u007e\\u00a0-\\u00ff]*$',
  },
};

/** JSON Schema's patterns know no flag for case. */
function anyCase(name: string): string {
  return name.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`).replace('*', '.*');
}
