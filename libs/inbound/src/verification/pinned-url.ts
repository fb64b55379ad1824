/**
 * Whether a URL that a request names may be fetched: https, a pinned host, the usual port, no credentials. `*` in a host
 * stands for one label.
 */
export function isPinnedUrl(text: string, hosts: readonly string[]): boolean {
  if (text.length > 2048 || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '')
    return false;
  return hosts.some((host) => isHost(url.hostname, host));
}

function isHost(hostname: string, pattern: string): boolean {
  const labels = hostname.split('.');
  const wanted = pattern.split('.');
  return (
    labels.length === wanted.length && wanted.every((label, at) => label === '*' || label === labels[at])
  );
}
