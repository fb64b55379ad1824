/** An operator's forward proxy. */
export interface ForwardProxy {
  /** Without brackets. */
  hostname: string;
  port: number;
  /** Value of Proxy-Authorization; null: none. */
  authorization: string | null;
}

/** @param url `http://[user:password@]host[:port]` */
export function forwardProxy(url: string): ForwardProxy {
  const { hostname, port, username, password } = new URL(url);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 80 : Number(port),
    authorization: username === '' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
  };
}
