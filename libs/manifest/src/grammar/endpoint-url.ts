import { URL_MAX_LENGTH } from '@breakwater/webhook-client';

/** `scheme://…` without white space. The SSRF guard decides which schemes and hosts may be called. */
export const ABSOLUTE_PATTERN = '^[A-Za-z][A-Za-z0-9+.\\-]*://[^\\s\\u0000-\\u001f\\ud800-\\udfff]+$';
/** A path from the root; some parsers read `//host` as another host. */
export const RELATIVE_PATTERN = '^/(?!/)[^\\s\\\\#\\u0000-\\u001f\\ud800-\\udfff]*$';
export const URL_PATTERN = `${ABSOLUTE_PATTERN}|${RELATIVE_PATTERN}`;

/**
 * The URL to call: an absolute URL unchanged, or a path appended to the base URL. The base URL's own path and query
 * are kept, with its query before the path's own; its fragment is dropped, since no request carries one. Null where
 * the URL cannot be parsed, or is too long after parsing.
 */
export function endpointUrl(baseUrl: string, url: string): string | null {
  const absolute = url.startsWith('/') ? appended(baseUrl, url) : url;
  const parsed = absolute === null ? null : URL.parse(absolute);
  // Returned as written: the SSRF guard must see what a parser would silently repair.
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
