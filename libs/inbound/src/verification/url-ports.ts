const PARTS = /^(https?):\/\/(\[[^\]]*\]|[^/?#:@[\]]+)(:\d+)?(.*)$/s;

/** The spellings of a URL with and without its port, as sent and with encoded characters; the given one is first. */
export function urlsOf(url: string): string[] {
  const encoded = URL.canParse(url) ? new URL(url).href : url;
  return [...new Set([...withPorts(url), ...withPorts(encoded)])];
}

function withPorts(url: string): string[] {
  const parts = PARTS.exec(url);
  if (!parts) return [url];
  const [, scheme = '', host = '', port, rest = ''] = parts;
  const withPort = port ?? (scheme === 'https' ? ':443' : ':80');
  return [url, `${scheme}://${host}${rest}`, `${scheme}://${host}${withPort}${rest}`];
}
