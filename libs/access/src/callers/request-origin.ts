type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export function isSafeMethod(method: string | undefined): boolean {
  return SAFE.has((method ?? '').toUpperCase());
}

/** Whether a browser sent it: one says from where an unsafe request or a WebSocket comes. */
export function namesItsOrigin(headers: Headers): boolean {
  return headers['sec-fetch-site'] !== undefined || headers['origin'] !== undefined;
}

/**
 * Whether a request comes from a page of this installation. No page can set these two headers. `Sec-Fetch-Site` is what
 * the browser itself compared, so it is right behind every proxy; browsers omit it without TLS. Then the host of
 * `Origin` is the one that was asked, or that of PUBLIC_BASE_URL if a proxy writes another host.
 */
export function isOwnOrigin(headers: Headers, publicBaseUrl: string): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  const from = new URL(origin).host;
  return from !== '' && (from === String(host).toLowerCase() || from === new URL(publicBaseUrl).host);
}

/** Whether the browser of a request uses TLS, even if a proxy ends it. */
export function usesTls({ origin }: Headers, publicBaseUrl: string): boolean {
  return (typeof origin === 'string' ? origin : publicBaseUrl).startsWith('https://');
}
