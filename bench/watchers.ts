/**
 * Watchers of the live feed that throw away what they get, without reading it as text, or do not read at all: what is
 * measured is what the product spends on them. A process of its own.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';

export interface Audience {
  url: string;
  key: string;
  /** Of each watcher that reads: an app, or null for everything. */
  apps: (string | null)[];
  /** Watchers of everything that do not read. */
  stalled: number;
}

/** The server's answer to a subscription that it accepted. */
const SUBSCRIBED = '"ok":true';
/** Sent before the server asks for it. */
const PONG_EVERY_MS = 10_000;
const PONG = '3';

let sockets: Socket[] = [];

/** Opens a WebSocket as Socket.IO does, and watches an app, or everything. */
async function watch({ url, key }: Audience, appId: string | null, reads: boolean): Promise<Socket> {
  const { hostname, port } = new URL(url);
  // What comes is read into the same memory again and again.
  let text = '';
  let isSubscribed = false;
  let onText: (() => void) | undefined;
  const onread = {
    buffer: Buffer.alloc(256 * 1024),
    callback: (length: number, buffer: Uint8Array): boolean => {
      if (isSubscribed) return reads;
      text += Buffer.from(buffer.subarray(0, length)).toString('latin1');
      onText?.();
      return true;
    },
  };
  const socket = connect({ host: hostname, port: Number(port), onread });
  const received = async (part: string): Promise<void> => {
    while (!text.includes(part)) await new Promise<void>((resolve) => (onText = resolve));
  };
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /ws/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      '\r\n',
    ].join('\r\n'),
  );
  await received('"sid"');
  sendText(socket, `40${JSON.stringify({ apiKey: key })}`);
  await received('"ready"');
  const scope = appId === null ? '"global"' : `{"appId":"${appId}"}`;
  sendText(socket, `421["feed.subscribe",{"scope":${scope}}]`);
  await received(SUBSCRIBED);
  isSubscribed = true;
  if (!reads) socket.pause();
  return socket;
}

/** One frame of text, of less than 126 bytes, masked as a client's must be: with zeros. */
function sendText(socket: Socket, text: string): void {
  const bytes = Buffer.from(text);
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]));
}

setPriority(19);
setInterval(
  () => sockets.forEach((socket) => socket.writable && sendText(socket, PONG)),
  PONG_EVERY_MS,
).unref();
process.on('message', async (audience: Audience) => {
  sockets.forEach((socket) => socket.destroy());
  sockets = [];
  for (const appId of audience.apps) sockets.push(await watch(audience, appId, true));
  for (let n = 0; n < audience.stalled; n++) sockets.push(await watch(audience, null, false));
  process.send!({ watching: sockets.length });
});
process.send!({ started: true });
