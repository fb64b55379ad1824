import { URL_MAX_LENGTH } from '@breakwater/webhook-client';

/** `scheme://…` without white space. Which schemes and hosts may be called is the SSRF guard's business. */
export const ABSOLUTE_PATTERN = '^[A-Za-z][A-Za-z0-9+.\\-]*://[^\\s\\u0000-\\u001f\\ud800-\\udfff]+$';
/** A path from the root; `//host` would be another host to some parsers. */
export const RELATIVE_PATTERN = '^/(?!/)[^\\s\\\\#\\u0000-\\u001f\\ud800-\\udfff]*$';
export const URL_PATTERN = `${ABSOLUTE_PATTERN}|${RELATIVE_PATTERN}`;

/**
 * The URL to call: an absolute one as it is, a path appended to the base URL. The base URL's own path and query are
 * kept, its query in front of the path's own; its fragment is not, for no request carries one. Null where it cannot be parsed or is longer than allowed once it is.
 */
export function endpointUrl(baseUrl: string, url: string): string | null {
  const absolute = url.startsWith('/') ? appended(baseUrl, url) : url;
  const parsed = absolute === null ? null : URL.parse(absolute);
  // Given out as written: the SSRF guard wants to see what a parser would silently repair.
  return parsed && parsed.href.length <= URL_MAX_LENGTH ? absolute : null;
}

function appended(baseUrl: string, path: string): string | null {
  const base = URL.parse(baseUrl);
  if (!base) return null;
  const baseQuery = base.search.slice(1);
  base.search = '';
  base.hash = '';
  const start = base.href.replace(/\/+$/, '');
  if (baseQuery === '') return start + path;
  const [pathname, ...query] = path.split('?');
  return `${start}${pathname}?${[baseQuery, ...(query.length > 0 ? [query.join('?')] : [])].join('&')}`;
}
