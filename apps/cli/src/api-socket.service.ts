import { io, type Socket } from 'socket.io-client';

const ANSWERS_WITHIN_MS = 15_000;

/** A connection to the API's socket that does not connect again by itself. */
export function connectSocket({ url, key }: { url: string; key: string | undefined }): Socket {
  const { origin, pathname } = new URL(url);
  return io(origin, {
    path: `${pathname.replace(/\/+$/, '')}/ws`,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { apiKey: key },
  });
}

/** The answer to a message; code TIMEOUT where there is none in time, or the connection is lost. */
export async function askSocket<Answer>(
  socket: Socket,
  message: string,
  body: object,
): Promise<Answer | { ok: false; code: string; detail: string }> {
  return socket
    .timeout(ANSWERS_WITHIN_MS)
    .emitWithAck(message, body)
    .catch(() => ({ ok: false, code: 'TIMEOUT', detail: 'the API does not answer' })) as Promise<Answer>;
}
