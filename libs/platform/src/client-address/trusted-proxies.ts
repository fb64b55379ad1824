import { BlockList, isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Names that stand for several ranges. */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
]);

/** The addresses of `API_TRUSTED_PROXIES`. */
export interface TrustedProxies {
  isEmpty: boolean;
  /** @param address in the spelling of {@link canonicalAddress} */
  has(address: string): boolean;
}

/** @param entries each of which {@link isProxyEntry} accepts */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const ranges = new BlockList();
  for (const entry of entries.flatMap((name) => NAMED.get(name) ?? [name])) {
    const range = rangeOf(entry);
    if (range) ranges.addSubnet(range.address, range.bits, range.family);
  }
  return {
    isEmpty: entries.length === 0,
    has: (address) => ranges.check(address, familyOf(address)),
  };
}

/** `10.0.0.7`, `2001:db8::7`, `10.0.0.0/8`, `fd00::/8`, `loopback` or `private`; not the range of all addresses. */
export function isProxyEntry(entry: string): boolean {
  return NAMED.has(entry) || rangeOf(entry) !== null;
}

/**
 * The one spelling of an address: lower case, shortest, without a zone; an IPv4 address in IPv6 form is IPv4. Null where
 * the text is no address. Forms that only some programs read (`127.1`, `0x7f.0.0.1`) are none.
 */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  return isIPv6(text) ? ipaddr.process(text.split('%', 1)[0]!).toString() : null;
}

interface Range {
  address: string;
  bits: number;
  family: 'ipv4' | 'ipv6';
}

function rangeOf(entry: string): Range | null {
  const [, text = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const address = canonicalAddress(text);
  if (address === null) return null;
  const family = familyOf(address);
  const most = family === 'ipv4' ? 32 : 128;
  // In IPv6 form the prefix counts the 96 bits before the IPv4 address.
  const before = isIPv6(text) && family === 'ipv4' ? 96 : 0;
  const bits = prefix === undefined ? most : Number(prefix) - before;
  return bits >= 1 && bits <= most ? { address, bits, family } : null;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
