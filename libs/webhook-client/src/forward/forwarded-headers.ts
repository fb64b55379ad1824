/** Headers that belong to the connection on which a request came, or to the proxies in front of this server. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
  'host',
  'content-length',
  'forwarded',
  'x-real-ip',
  'via',
  'true-client-ip',
  'cf-connecting-ip',
  // the passwords of cloud metadata services, should the guard ever fail
  'metadata',
  'metadata-flavor',
  'x-google-metadata-request',
]);
const PREFIXES = ['proxy-', 'x-forwarded-', 'x-aws-ec2-metadata-token', 'breakwater-'];

/**
 * The headers of a captured request that are passed on, in their order, name and value by turns. The sender's own
 * signature is among them. Left out: headers of the connection and those that it names, of proxies, ours (a sender must
 * not speak for us), and those that the target sets itself.
 * @param set names that the target sets, in lower case
 */
export function forwardedHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  set: ReadonlySet<string>,
): string[] {
  const named = new Set(
    headers
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((each) => each.trim().toLowerCase())),
  );
  return headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    const isOut =
      OF_THE_CONNECTION.has(lower) ||
      PREFIXES.some((prefix) => lower.startsWith(prefix)) ||
      named.has(lower) ||
      set.has(lower);
    return isOut ? [] : [name, value];
  });
}
