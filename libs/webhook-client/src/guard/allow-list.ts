import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { Problem } from '@breakwater/platform';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What the operator allowed with OUTBOUND_ALLOW, in canonical form. */
export interface AllowList {
  /** Canonical host → its ports in the list; `null` among them means an entry without a port. */
  hosts: ReadonlyMap<string, ReadonlySet<number | null>>;
  cidrs: readonly (readonly [Address, number])[];
}

export const EMPTY_ALLOW_LIST: AllowList = { hosts: new Map(), cidrs: [] };

const NAME = /^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/**
 * Reads OUTBOUND_ALLOW entries: `127.0.0.1:7001`, `app.local:3000`, `app.local`, `[::1]:8080`, `10.0.0.0/8`. Empty
 * entries are skipped; each malformed one becomes a problem and allows nothing.
 */
export function parseAllowList(entries: readonly string[]): { allow: AllowList; problems: Problem[] } {
  const hosts = new Map<string, Set<number | null>>();
  const cidrs: [Address, number][] = [];
  const problems: Problem[] = [];
  entries.forEach((raw, index) => {
    const entry = raw.trim();
    if (entry === '') return;
    const cidr = parseCidr(entry);
    const host = cidr ? null : parseHostEntry(entry);
    if (cidr) cidrs.push(cidr);
    else if (host) hosts.set(host.host, (hosts.get(host.host) ?? new Set()).add(host.port));
    else problems.push(malformed(index, entry));
  });
  return { allow: { hosts, cidrs }, problems };
}

/** True when an entry names this host, with this port or without one. `host` is canonical. */
export function namesHost(allow: AllowList, host: string, port: number): boolean {
  const ports = allow.hosts.get(host);
  return ports !== undefined && (ports.has(port) || ports.has(null));
}

/** True when an entry names exactly this host and port. */
export function namesHostAndPort(allow: AllowList, host: string, port: number): boolean {
  return allow.hosts.get(host)?.has(port) ?? false;
}

export function coversAddress(allow: AllowList, address: Address): boolean {
  return allow.cidrs.some(([net, bits]) => net.kind() === address.kind() && address.match(net, bits));
}

/** The one spelling of an address, used as a key; null when the text is not an address. */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  return isIPv6(text) && !text.includes('%') ? ipaddr.IPv6.parse(text).toNormalizedString() : null;
}

function parseCidr(entry: string): [Address, number] | null {
  const match = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(entry);
  const address = match && canonicalAddress(match[1]!);
  const bits = Number(match?.[2]);
  if (!address || bits > (isIPv4(address) ? 32 : 128)) return null;
  return [ipaddr.parse(address), bits];
}

function parseHostEntry(entry: string): { host: string; port: number | null } | null {
  const bare = canonicalAddress(entry);
  if (bare) return { host: bare, port: null };
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/@?#\s]+)(?::(\d{1,5}))?$/i.exec(entry);
  if (!match) return null;
  const port = match[2] === undefined ? null : Number(match[2]);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const text = match[1]!;
  const host = text.startsWith('[') ? canonicalIPv6(text.slice(1, -1)) : canonicalName(text);
  return host ? { host, port } : null;
}

function canonicalIPv6(text: string): string | null {
  return isIPv6(text) ? canonicalAddress(text) : null;
}

function canonicalName(text: string): string | null {
  if (isIPv4(text)) return text;
  const name = domainToASCII(text.toLowerCase());
  // `0x7f.1` and similar texts would become an address: addresses must be in their plain spelling.
  return NAME.test(name) && !isIPv4(name) ? name : null;
}

function malformed(index: number, value: string): Problem {
  return {
    pointer: `/${index}`,
    rule: 'outbound_allow',
    message: `"${value.slice(0, 100)}" is no host, host:port or CIDR`,
    bounds: ['127.0.0.1:7001', 'app.local:3000', '[::1]:8080', '10.0.0.0/8'],
    value: value.slice(0, 100),
  };
}
