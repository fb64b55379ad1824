import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { Link } from '@breakwater/testing/link.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { HintBus } from '../hints/hint-bus.service.js';
import { migrate } from '../migrations/migrate.io.js';
import { openWakeUps } from '@breakwater/testing/wake-ups.js';
import { connectionTo } from './connection.js';
import { DatabaseClient } from './database-client.service.js';
import { Database } from './database.service.js';
import { PrismaService } from './prisma.service.js';
import { databaseTrouble } from './database-trouble.js';

/** Computing the answer to a login takes longer than a host is waited for. */
const SLOW_ITERATIONS = 3_000_000;

/** Asks for a password with SCRAM. `answered` resolves when a client has computed its answer. */
async function slowToLogIn(): Promise<{ port: number; answered: () => Promise<boolean>; close: () => void }> {
  const message = (code: number, text: string): Buffer => {
    const body = Buffer.from(text);
    const head = Buffer.from('R\0\0\0\0\0\0\0\0');
    head.writeInt32BE(8 + body.length, 1);
    head.writeInt32BE(code, 5);
    return Buffer.concat([head, body]);
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const [, nonce] = /r=([^,]+)$/.exec(data.toString()) ?? [];
      socket.write(
        nonce === undefined
          ? message(10, 'SCRAM-SHA-256\0\0')
          : message(11, `r=${nonce}more,s=c2FsdA==,i=${SLOW_ITERATIONS}`),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const derive = vi.spyOn(crypto.subtle, 'deriveBits');
  const answered = async (): Promise<boolean> => {
    await Promise.all(derive.mock.results.map(({ value }) => value as Promise<ArrayBuffer>));
    derive.mockRestore();
    return true;
  };
  return { port: (server.address() as AddressInfo).port, answered, close: () => server.close() };
}

const PORT = 'SELECT inet_server_port() AS port';

describe('a URL with several hosts', () => {
  let primary: PrivatePostgres;
  let standby: PrivatePostgres;
  let closedPort: number;
  beforeAll(async () => {
    [primary, standby] = await Promise.all([PrivatePostgres.start(), PrivatePostgres.start()]);
    await standby.demote();
    closedPort = await freePort();
  });
  afterAll(async () => {
    await primary.remove();
    await standby.remove();
  });

  const portOf = ({ url }: { url: string }): number => Number(new URL(url).port);

  function urlOf(ports: readonly number[], { attrs = '', login = 'breakwater:test' } = {}): string {
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
    return `postgresql://${login}@${hosts}/breakwater${attrs && `?target_session_attrs=${attrs}`}`;
  }

  async function portTaken(url: string, connectionTimeoutMillis = 4_000): Promise<number> {
    const client = new DatabaseClient({ ...connectionTo(url), connectionTimeoutMillis });
    try {
      await client.connect();
      return (await client.query<{ port: number }>(PORT)).rows[0]!.port;
    } finally {
      await client.end();
    }
  }

  it.each<[string, () => readonly number[], string]>([
    ['whose first host is the primary', () => [portOf(primary), portOf(standby)], ''],
    ['whose first host is a standby', () => [portOf(standby), portOf(primary)], ''],
    ['whose first host refuses', () => [closedPort, portOf(standby), portOf(primary)], 'primary'],
  ])('%s connects to the primary', async (_, ports, attrs) => {
    expect(await portTaken(urlOf(ports(), { attrs }))).toBe(portOf(primary));
  });

  it('whose first host is silent connects to the next within the limit', async () => {
    const link = await Link.to(primary.url);
    link.silence();
    expect(await portTaken(urlOf([portOf(link), portOf(primary)]), 1_000)).toBe(portOf(primary));
    await link.cut();
  });

  it('whose first host is left while its password is computed connects to the next', async () => {
    const slow = await slowToLogIn();
    // pg's types leave scramMaxIterations out.
    const config = {
      ...connectionTo(urlOf([slow.port, portOf(primary)])),
      connectionTimeoutMillis: 1_000,
      scramMaxIterations: SLOW_ITERATIONS,
    };
    const client = new DatabaseClient(config);
    await client.connect();
    await slow.answered();
    expect((await client.query<{ port: number }>(PORT)).rows[0]!.port).toBe(portOf(primary));
    await client.end();
    slow.close();
  });

  it('connects to a standby when any server is good', async () => {
    expect(await portTaken(urlOf([portOf(standby), portOf(primary)], { attrs: 'any' }))).toBe(
      portOf(standby),
    );
  });

  it('of a primary that is set to read only is taken as primary, not as read-write', async () => {
    const owner = new Database({ url: primary.url, poolMax: 1 });
    const readOnly = (value: string): string =>
      `${urlOf([portOf(primary)], { attrs: value })}&options=-c%20default_transaction_read_only%3Don`;
    expect(await portTaken(readOnly('primary'))).toBe(portOf(primary));
    await expect(portTaken(readOnly('read-write'))).rejects.toThrow('set to read only');
    await owner.onApplicationShutdown();
  });

  it('none of which takes writes names each with its reason', async () => {
    const url = urlOf([portOf(standby), closedPort]);
    const error: unknown = await portTaken(url).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toBe(
      `no host of the database can be used (127.0.0.1:${portOf(standby)}: it is a standby; ` +
        `127.0.0.1:${closedPort}: connect ECONNREFUSED 127.0.0.1:${closedPort})`,
    );
    expect(databaseTrouble(error)).toBe('read_only');
  });

  it('none of which takes writes leaves no connection at a standby', async () => {
    const url = urlOf([closedPort, portOf(standby)]);
    const reader = new DatabaseClient(connectionTo(urlOf([portOf(standby)], { attrs: 'any' })));
    await reader.connect();
    const pool = new Database({ url, poolMax: 2 });
    for (let n = 0; n < 5; n++) await expect(pool.query({ text: PORT })).rejects.toThrow('it is a standby');
    const others = `SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
    const areGone = async (): Promise<boolean> => (await reader.query(others)).rows.length === 0;
    await eventually(areGone, { limitMs: 10_000, what: 'no other session at the standby' });
    await pool.onApplicationShutdown();
    await reader.end();
  });

  it('is not tried further when a host refuses the login', async () => {
    const url = urlOf([portOf(primary), closedPort], { login: 'breakwater:wrong' });
    await expect(portTaken(url)).rejects.toMatchObject({ code: '28P01' });
  });

  it('serves migrations, the pool, Prisma, hints and the queue', async () => {
    const url = urlOf([portOf(standby), portOf(primary)]);
    expect(await migrate(url)).toEqual([]);
    const database = new Database({ url, poolMax: 2 });
    const prisma = new PrismaService(database);
    const bus = new HintBus(database);
    await bus.onModuleInit();
    const { queue, close } = await openWakeUps({ DATABASE_URL: url });
    expect(await database.query({ text: PORT })).toEqual([{ port: portOf(primary) }]);
    expect(await prisma.app.count()).toBe(0);
    expect(bus.away).toBeNull();
    expect(await queue.trouble()).toBeNull();
    await close();
    await bus.onModuleDestroy();
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
  });

  it('follows a switch-over on the next connection', async () => {
    const database = new Database({ url: urlOf([portOf(primary), portOf(standby)]), poolMax: 3 });
    expect(await database.query({ text: PORT })).toEqual([{ port: portOf(primary) }]);
    await primary.demote();
    await standby.promote();
    const moved = async (): Promise<boolean> => {
      const [row] = await database.query<{ port: number }>({ text: PORT });
      return row!.port === portOf(standby);
    };
    await eventually(moved, { what: 'a connection to the new primary' });
    await database.onApplicationShutdown();
  });
});
