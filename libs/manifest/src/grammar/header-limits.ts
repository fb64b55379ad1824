import { HEADER_MAX_BYTES, HEADERS_MAX_COUNT, REFUSED_HEADERS } from '@breakwater/webhook-client';

/** Custom headers in JSON Schema. It cannot forbid a name that is given twice in different case. */
export const HEADERS_SCHEMA = {
  type: 'object',
  maxProperties: HEADERS_MAX_COUNT,
  propertyNames: {
    maxLength: HEADER_MAX_BYTES,
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z\\-]+$",
    not: { pattern: `^(?:${REFUSED_HEADERS.map(anyCase).join('|')})$` },
  },
  additionalProperties: {
    type: 'string',
    maxLength: HEADER_MAX_BYTES - 1,
    pattern: '^[\\t\\u0020-\\u007e\\u00a0-\\u00ff]*$',
  },
};

/** Patterns of JSON Schema have no flag to ignore case. */
function anyCase(name: string): string {
  return name.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`).replace('*', '.*');
}
