import ipaddr from 'ipaddr.js';
import { canonicalAddress, coversAddress, namesHost } from './allow-list.js';
import type { AllowList } from './allow-list.js';
import type { Refusal } from './refusal.js';

/** Cloud metadata and host services: a CIDR never allows them, only an entry with their address. */
const METADATA_ADDRESSES = new Set(
  [
    '169.254.169.254', // AWS, GCP, Azure, OpenStack, DigitalOcean
    '169.254.169.253', // AWS resolver
    '169.254.170.2', // AWS ECS task credentials
    '169.254.170.23', // AWS EKS pod identity
    '169.254.0.23', // Tencent Cloud
    '100.100.100.200', // Alibaba Cloud
    '168.63.129.16', // Azure wire server, a public-looking address
    '192.0.0.192', // Oracle Cloud
    'fd00:ec2::254', // AWS
    'fd00:ec2::23', // AWS EKS pod identity
    'fd20:ce::254', // GCP
    'fd00:c1::a9fe:a9fe', // Oracle Cloud
  ].map((text) => canonicalAddress(text)!),
);

/** IPv6 is public only in 2000::/3 (IANA's one global unicast block), except for these parts of it. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
const SPECIAL_IPV6: [ipaddr.IPv6, number][] = [
  '2001::/23', // protocol assignments: Teredo, benchmarking, AMT, ORCHID, drone ids
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries an IPv4 address
  '2620:4f:8000::/48', // AS112
  '3ffe::/16', // the returned 6bone
  '3fff::/20', // documentation
].map((cidr) => ipaddr.IPv6.parseCIDR(cidr));

/**
 * Decides whether a connection to this address and port is allowed.
 * @param address from the resolver, the URL or the socket; an unreadable one is refused
 * @returns null when it is allowed
 */
export function refuseAddress(address: string, port: number, allow: AllowList): Refusal | null {
  const canonical = canonicalAddress(address);
  if (canonical === null) return { rule: 'malformed', message: 'the address is not readable' };
  if (namesHost(allow, canonical, port)) return null;
  const parsed = ipaddr.parse(canonical);
  if (isMetadata(parsed)) return { rule: 'metadata', message: 'metadata services are not reachable' };
  if (isPublic(parsed) || coversAddress(allow, parsed)) return null;
  return { rule: 'address', message: 'the address is not public' };
}

function isMetadata(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (METADATA_ADDRESSES.has(address.toNormalizedString())) return true;
  return address instanceof ipaddr.IPv6 && carriedIPv4(address).some((v4) => METADATA_ADDRESSES.has(v4));
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return true;
  return (
    address.match(GLOBAL_UNICAST) && !SPECIAL_IPV6.some((range) => address.match(range)) && !isIsatap(address)
  );
}

/** ISATAP puts an IPv4 address into the interface id `(0|2)00:5efe:a.b.c.d` of any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  return (address.parts[4]! & ~0x0300) === 0 && address.parts[5] === 0x5efe;
}

/** Every IPv4 address that a translation or tunnel would find in this IPv6 address. */
function carriedIPv4(address: ipaddr.IPv6): string[] {
  const bytes = address.toByteArray();
  const at = (...index: number[]) => index.map((i) => bytes[i]).join('.');
  return [
    at(12, 13, 14, 15), // mapped, compatible, SIIT, NAT64 /96, ISATAP
    at(2, 3, 4, 5), // 6to4
    at(12, 13, 14, 15).replace(/\d+/g, (octet) => String(255 - Number(octet))), // Teredo client
    at(4, 5, 6, 7), // NAT64 /32, Teredo server
    at(5, 6, 7, 9), // NAT64 /40
    at(6, 7, 9, 10), // NAT64 /48
    at(7, 9, 10, 11), // NAT64 /56
    at(9, 10, 11, 12), // NAT64 /64
  ];
}
