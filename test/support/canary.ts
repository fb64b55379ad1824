import { createServer, type AddressInfo, type Server } from 'node:net';

/** Listens on one port of every loopback address, and counts connections: there must be none. */
export class Canary {
  connections = 0;

  private constructor(
    private readonly servers: Server[],
    readonly port: number,
  ) {
    for (const server of servers) {
      server.on('connection', (socket) => {
        this.connections++;
        socket.destroy();
      });
    }
  }

  static async listen(): Promise<Canary> {
    const first = await bound('127.0.0.1', 0);
    const { port } = first.address() as AddressInfo;
    // IPv6 may be off.
    const others = await Promise.all(['127.0.0.2', '::1'].map((host) => bound(host, port).catch(() => null)));
    return new Canary(
      [first, ...others].filter((server) => server !== null),
      port,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function bound(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
