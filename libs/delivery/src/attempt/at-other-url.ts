import type { ResolvedEndpoint } from '@breakwater/manifest';

/**
 * An endpoint for a call to another URL, signed with the same secrets. Its own headers and its client certificate are
 * left out: they may contain credentials for the usual receiver.
 */
export function atOtherUrl(endpoint: ResolvedEndpoint, url: string): ResolvedEndpoint {
  return { ...endpoint, url, headers: {}, clientCertificate: null };
}
