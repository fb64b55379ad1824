/** A URL that the sender may have signed, and how it differs from the configured one. */
export interface UrlVariant {
  url: string;
  cause: string;
}

const PARTS = /^(https?):\/\/([^/?#]+)([^?#]*)(\?.*)?$/s;

/**
 * Other URLs of the same source that a sender may know.
 * @param seenHosts hosts that the request itself names (Host, X-Forwarded-Host)
 */
export function* urlVariants(url: string, seenHosts: readonly string[]): Generator<UrlVariant> {
  const parts = PARTS.exec(url);
  if (!parts) return;
  const [, scheme = '', authority = '', path = '', query = ''] = parts;
  const bare = authority.replace(/:\d+$/, '');
  const ports = { https: '443', http: '80' };
  const hosts = new Set([
    authority,
    bare,
    ...seenHosts.filter((host) => /^[A-Za-z0-9.[\]:-]{1,255}$/.test(host)),
  ]);
  for (const each of ['https', 'http'] as const) {
    for (const host of hosts) {
      const withPort = /:\d+$/.test(host) ? [host] : [host, `${host}:${ports[each]}`];
      for (const seen of withPort) {
        if (each === scheme && seen === authority) continue;
        yield {
          url: `${each}://${seen}${path}${query}`,
          cause: differs(`${each}://${seen}`, `${scheme}://${authority}`),
        };
      }
    }
  }
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  const slash = path.endsWith('/') ? 'without the slash at its end' : 'with a slash at its end';
  yield { url: `${scheme}://${authority}${other}${query}`, cause: `the sender knows the URL ${slash}` };
  if (query !== '') {
    yield { url: `${scheme}://${authority}${path}`, cause: 'the sender signs the URL without its query' };
  }
}

function differs(signed: string, configured: string): string {
  return `the sender signed a URL at ${signed}, the source is configured at ${configured}`;
}
