import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closePort } from './close-port.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a port that closes', () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer((_, response) => response.end('{}'));
    server.keepAliveTimeout = 60_000;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
  });

  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    return socket;
  };
  /** The first line of the answer, or why there is none. */
  const answer = async (socket: Socket): Promise<string> => {
    socket.write(REQUEST);
    const ended = once(socket, 'close').then(() => 'closed');
    const read = once(socket, 'data').then(([bytes]) => String(bytes).split('\r\n', 1)[0]!);
    return Promise.race([read, ended]).catch((error: NodeJS.ErrnoException) => error.code ?? 'failed');
  };
  const OK = 'HTTP/1.1 200 OK';

  it('answers all that had connected, and refuses others', async () => {
    const clients = Array.from({ length: 40 }, open);
    const answers = Promise.all(clients.map(answer));
    const { end } = await closePort(server);
    expect(new Set(await answers)).toEqual(new Set([OK]));
    expect(await answer(open())).toBe('ECONNREFUSED');
    end();
  });

  it('answers a request that comes on a connection that was idle, and closes it after that', async () => {
    const idle = open();
    expect(await answer(idle)).toBe(OK);
    const { closed, end } = await closePort(server);
    const gone = once(idle, 'close');
    expect(await answer(idle)).toBe(OK);
    await Promise.all([gone, closed]);
    end();
  });
});
