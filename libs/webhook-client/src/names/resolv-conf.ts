export interface ResolvConf {
  /** As written: `10.0.0.2`, `fe80::1%eth0`, `[127.0.0.1]:5353`. */
  servers: string[];
  /** Domains in which a name is searched when it does not exist as written. */
  search: string[];
}

/** Reads the text of a resolv.conf; the last `search` or `domain` counts, as in resolv.conf(5). */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) servers.push(values[0]);
    if (keyword === 'search' || keyword === 'domain') search = values.map(withoutDots).filter(Boolean);
  }
  return { servers, search };
}

function withoutDots(domain: string): string {
  return domain.replace(/^\.+|\.+$/g, '');
}
