import { canonicalAddress, type TrustedProxies } from './trusted-proxies.js';

/** What is read of a request. */
export interface AddressedRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  socket?: { remoteAddress?: string | undefined } | undefined;
}

/** More proxies in a row are a mistake, or somebody who wants to keep this process busy. */
const PROXIES_MAX = 20;

/**
 * Where a request comes from: the address of its connection or, where that is a trusted proxy, the one that this proxy
 * wrote at the end of `X-Forwarded-For`, and so on to the left while each is a trusted proxy. An entry that is no
 * address ends it, so a client can only change what stands left of its own address, which is never read.
 * @returns null when the connection is gone
 */
export function clientAddress({ headers, socket }: AddressedRequest, proxies: TrustedProxies): string | null {
  const peer = socket?.remoteAddress;
  if (peer === undefined) return null;
  let address = canonicalAddress(peer) ?? peer;
  if (proxies.isEmpty) return address;
  const forwarded = forwardedFor(headers);
  let end = forwarded.length;
  for (let count = 0; count < PROXIES_MAX && end > 0 && proxies.has(address); count++) {
    const comma = forwarded.lastIndexOf(',', end - 1);
    const next = addressIn(forwarded.slice(comma + 1, end).trim());
    if (next === null) return address;
    address = next;
    end = comma;
  }
  return address;
}

/** Whether a proxy, or somebody who pretends to be one, named an address that is not believed. */
export function isForwardedUnheard(request: AddressedRequest, proxies: TrustedProxies): boolean {
  if (request.headers['x-forwarded-for'] === undefined) return false;
  const peer = canonicalAddress(request.socket?.remoteAddress ?? '');
  return peer !== null && !proxies.has(peer);
}

/** Node joins repeated lines of this header in their order. */
function forwardedFor(headers: AddressedRequest['headers']): string {
  const value = headers['x-forwarded-for'] ?? '';
  return Array.isArray(value) ? value.join(',') : value;
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | null {
  const [, v6, v4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(entry) ?? [];
  return canonicalAddress(v6 ?? v4 ?? entry);
}
