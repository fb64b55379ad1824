import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AS_SERVICE } from './service-pool.service.js';
import { connectionTo } from './connection.js';
import { SessionClient } from './session-client.service.js';

/** AuthenticationOk and ReadyForQuery. */
const WELCOME = Buffer.from('5200000008000000005a0000000549', 'hex');

describe('a server that closes a connection while its settings are made', () => {
  let server: Server;
  let settings: ConstructorParameters<typeof SessionClient>[0];

  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(WELCOME);
        socket.once('data', () => socket.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    settings = { ...connectionTo(`postgresql://a:b@127.0.0.1:${port}/c`, AS_SERVICE) };
  });
  afterEach(() => server.close());

  // An error event without a listener would end the process.
  it('fails the one who connects, and nobody else', async () => {
    await expect(new SessionClient(settings).connect()).rejects.toThrow('Connection terminated unexpectedly');
  });

  it('fails the one who asks a pool for it, again and again', async () => {
    const pool = new pg.Pool({ ...settings, Client: SessionClient as unknown as new () => pg.Client });
    pool.on('error', () => undefined);
    for (const _ of [1, 2, 3]) await expect(pool.connect()).rejects.toThrow('terminated unexpectedly');
    await pool.end();
  });
});
