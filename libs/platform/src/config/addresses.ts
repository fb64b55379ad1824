import ipaddr from 'ipaddr.js';

/** `host`, `host:port`, `[v6]:port` or a CIDR, as in `OUTBOUND_ALLOW`. */
export function isAllowEntry(entry: string): boolean {
  if (entry.includes('/')) return ipaddr.isValidCIDR(entry);
  return ipaddr.isValid(entry) || /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.test(entry)
    ? isHost(entry)
    : false;
}

/** `ip`, `ip:port` or `[v6]:port` of a DNS resolver. */
export function isResolverAddress(entry: string): boolean {
  if (ipaddr.isValid(entry)) return true;
  const [, v6, v4, port] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  return ipaddr.isValid(v6 ?? v4 ?? '') && Number(port ?? 53) <= 65_535;
}

/** `host:port` or `[v6]:port` of a server. */
export function isHostPort(entry: string): boolean {
  const [, port] = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+):(\d{1,5})$/i.exec(entry) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535 && isHost(entry);
}

function isHost(entry: string): boolean {
  const host = ipaddr.isValid(entry) && entry.includes(':') ? `[${entry}]` : entry;
  return URL.canParse(`http://${host}/`);
}

/** Only catches typing errors; the mail server decides. */
export function isEmail(entry: string): boolean {
  return /^[^\s@<>,]+@[^\s@<>,]+$/.test(entry);
}
