import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Accepts connections and does not answer. */
export async function startSilentServer(): Promise<{ url: string; close(): void }> {
  const sockets: { destroy(): unknown }[] = [];
  const server: Server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
