import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a TCP server that can be cut, or silent like that of a server that hangs. */
export class Link {
  private readonly sockets = new Set<Socket>();
  private readonly pairs = new Map<Socket, Socket>();
  private isSilent = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** @param url of the server behind it */
  static async to(url: string): Promise<Link> {
    const server = createServer();
    const link = new Link(server, new URL(url));
    server.on('connection', (socket) => link.join(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  /** The server's URL through this link. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Open sockets, of clients and to the server. */
  get connections(): number {
    return this.sockets.size;
  }

  /** Connections stay and can be made, and nothing is transferred any more. */
  silence(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.unpipe();
  }

  /** Current connections stay open and transfer nothing any more, as with a dead host; new ones work. */
  freeze(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** What is sent over current connections arrives, but no answer comes back; new ones work. */
  loseAnswers(): void {
    for (const [client, server] of this.pairs) server.unpipe(client);
  }

  /** Frozen connections continue with what was sent meanwhile. */
  thaw(): void {
    this.isSilent = false;
    for (const [client, server] of this.pairs) {
      client.pipe(server);
      server.pipe(client);
    }
  }

  /** Current connections are closed; new ones work. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Connections are closed and refused. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    this.keep(client);
    if (this.isSilent) return;
    const server = connect(Number(this.target.port), this.target.hostname);
    this.keep(server);
    this.pairs.set(client, server);
    client.on('close', () => {
      this.pairs.delete(client);
      server.destroy();
    });
    server.on('close', () => client.destroy());
    client.pipe(server);
    server.pipe(client);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
