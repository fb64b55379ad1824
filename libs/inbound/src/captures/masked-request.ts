import type { Scheme } from '../verification/scheme.js';

export type Header = readonly [name: string, value: string];

const MASK = '***';
/** Headers that hold secrets whatever the provider is. */
const SECRET = ['authorization', 'proxy-authorization', 'cookie', 'x-api-key'];

/** Where the requests of a source carry its secret itself. */
export interface SecretPlaces {
  /** In lower case. */
  headers: readonly string[];
  /** Parameters of the query. */
  query: readonly string[];
}

/** @param scheme null: the source verifies nothing */
export function secretPlaces(scheme: Scheme | null): SecretPlaces {
  if (scheme?.kind !== 'shared') return { headers: SECRET, query: [] };
  const from = scheme.value;
  if ('query' in from) return { headers: SECRET, query: [from.query] };
  if (!('header' in from)) return { headers: SECRET, query: [] };
  const names = typeof from.header === 'string' ? [from.header] : from.header;
  return { headers: [...SECRET, ...names.map((name) => name.toLowerCase())], query: [] };
}

/** Headers as they may be shown. */
export function maskedHeaders(headers: readonly Header[], { headers: secret }: SecretPlaces): Header[] {
  return headers.map(([name, value]) => [name, secret.includes(name.toLowerCase()) ? MASK : value]);
}

/** A query as it may be shown; all but the values of secret parameters stays as it came. */
export function maskedQuery(query: string, { query: secret }: SecretPlaces): string {
  if (secret.length === 0) return query;
  return query
    .split('&')
    .map((part) => {
      const [name] = part.split('=', 1);
      return secret.includes(decoded(name!)) ? `${name}=${MASK}` : part;
    })
    .join('&');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
