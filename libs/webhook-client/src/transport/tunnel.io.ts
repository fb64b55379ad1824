import { connect, isIPv6, type Socket } from 'node:net';
import type { ForwardProxy } from './forward-proxy.js';

/** Bytes of a proxy's answer, of which only the first line is used. */
const ANSWER_MAX_BYTES = 16_384;
const END_OF_HEAD = '\r\n\r\n';

/** Code of an error: the proxy could not reach the address, so another one may do. */
export const NOT_REACHED = 'PROXY_NOT_REACHED';

/**
 * Opens a connection to a proxy and asks it for a tunnel to an address (CONNECT, RFC 9110 section 9.3.6).
 * @param done called once, unless the socket is destroyed without an error; then nothing of the answer is left unread
 */
export function openTunnel(
  proxy: ForwardProxy,
  to: { address: string; port: number },
  done: (error: Error | null) => void,
): Socket {
  const socket = connect({ host: proxy.hostname, port: proxy.port, noDelay: true, keepAlive: true });
  let head = Buffer.alloc(0);
  const end = (error: Error | null): void => {
    socket.off('data', take).off('error', failed).off('end', ended);
    done(error);
  };
  const failed = (error: Error): void => end(told(proxy, 'cannot be used', error.message, codeOf(error)));
  const ended = (): void => end(told(proxy, 'cannot be used', 'it closed the connection'));
  const take = (piece: Buffer): void => {
    head = Buffer.concat([head, piece]);
    const at = head.indexOf(END_OF_HEAD);
    if (at < 0 && head.length <= ANSWER_MAX_BYTES) return;
    const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head.toString('latin1'))?.[1];
    if (at < 0 || status === undefined) return end(told(proxy, 'cannot be used', 'it does not speak HTTP'));
    if (!status.startsWith('2')) {
      const code = /^50[234]$/.test(status) ? NOT_REACHED : undefined;
      return end(told(proxy, 'refused the connection', `HTTP ${status}`, code));
    }
    socket.pause();
    const rest = head.subarray(at + END_OF_HEAD.length);
    if (rest.length > 0) socket.unshift(rest);
    end(null);
  };
  socket.on('data', take).once('error', failed).once('end', ended);
  const authority = `${isIPv6(to.address) ? `[${to.address}]` : to.address}:${to.port}`;
  const authorization = proxy.authorization ? `Proxy-Authorization: ${proxy.authorization}\r\n` : '';
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  return socket;
}

function told(proxy: ForwardProxy, what: string, why: string, code = 'PROXY'): Error {
  return Object.assign(new Error(`the proxy ${proxy.hostname}:${proxy.port} ${what}: ${why}`), { code });
}

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
