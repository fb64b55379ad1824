import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { DnsServer } from '@breakwater/testing/dns-server.js';
import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './fixtures/client.fixture.js';
import { httpReceiver, httpsReceiver, pem } from './fixtures/receiver.fixture.js';

const stage = new Stage();
afterEach(() => stage.close());

interface Asked {
  authority: string;
  authorization: string | undefined;
}

/** A forward proxy that connects to where it is asked to, or answers `refusal`. */
class Proxy {
  readonly asked: Asked[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer();

  constructor(refusal: string | null = null) {
    this.server.on('connection', (socket) => this.sockets.add(socket));
    this.server.on('connect', (request, socket: Socket) => {
      socket.on('error', () => undefined);
      this.asked.push({ authority: request.url!, authorization: request.headers['proxy-authorization'] });
      if (refusal !== null) return socket.end(refusal);
      const { hostname, port } = new URL(`http://${request.url!}`);
      const end = connect({ host: hostname, port: Number(port) }, () => {
        socket.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n');
        end.pipe(socket).pipe(end);
      });
      end.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    });
  }

  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    stage.add(this);
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('with a forward proxy', () => {
  it.each([
    ['https', () => httpsReceiver('good')],
    ['http', () => httpReceiver()],
  ])('a call over %s goes through its tunnel, and the connection is used again', async (_, make) => {
    const proxy = new Proxy();
    const receiver = make();
    const client = await stage.start(receiver, {
      proxy: `http://someone:p%40ss@${await proxy.listen()}`,
      allowHttp: true,
      maxConnectionsPerOrigin: 1,
      extraCertificateAuthorities: [pem('authority')],
    });
    for (let call = 0; call < 3; call++) {
      const outcome = await stage.call(receiver, {}, client);
      expect(outcome).toMatchObject({ kind: 'delivered', status: 200 });
    }
    const authorization = `Basic ${Buffer.from('someone:p@ss').toString('base64')}`;
    expect(proxy.asked).toEqual([{ authority: `127.0.0.1:${receiver.port}`, authorization }]);
    expect(receiver.received.map(({ body }) => body.toString())).toEqual(Array(3).fill('{"hello":"world"}'));
    expect(receiver.received[0]!.headers).not.toHaveProperty('proxy-authorization');
  });

  it('a name is resolved and checked here: the proxy gets the address, TLS the name', async () => {
    const proxy = new Proxy();
    const dns = await new DnsServer((name) =>
      name.startsWith('inside') ? ['10.0.0.1'] : ['127.0.0.1'],
    ).listen();
    stage.add(dns);
    const receiver = httpsReceiver('good');
    await receiver.listen();
    stage.add(receiver);
    const client = await stage.start(httpReceiver(), {
      proxy: `http://${await proxy.listen()}`,
      allow: [`hooks.breakwater.test:${receiver.port}`],
      dnsServers: [dns.address],
      extraCertificateAuthorities: [pem('authority')],
    });
    const to = (host: string) => ({ url: `https://${host}.breakwater.test:${receiver.port}/hook` });
    expect(await stage.call(receiver, to('inside'), client)).toMatchObject({ kind: 'blocked' });
    expect(proxy.asked).toEqual([]);
    expect(await stage.call(receiver, to('hooks'), client)).toMatchObject({ kind: 'delivered' });
    expect(proxy.asked).toEqual([{ authority: `127.0.0.1:${receiver.port}`, authorization: undefined }]);
  });

  it('an address that the proxy does not reach is followed by the next one of the name', async () => {
    const proxy = new Proxy();
    // Nothing listens on the first one; the proxy answers 502.
    const dns = await new DnsServer(() => ['127.0.0.2', '127.0.0.1']).listen();
    stage.add(dns);
    const receiver = httpsReceiver('good');
    await receiver.listen();
    stage.add(receiver);
    const client = await stage.start(httpReceiver(), {
      proxy: `http://${await proxy.listen()}`,
      allow: [`hooks.breakwater.test:${receiver.port}`],
      dnsServers: [dns.address],
      extraCertificateAuthorities: [pem('authority')],
    });
    const url = `https://hooks.breakwater.test:${receiver.port}/hook`;
    expect(await stage.call(receiver, { url }, client)).toMatchObject({ kind: 'delivered' });
    expect(proxy.asked.map(({ authority }) => authority)).toEqual([
      `127.0.0.2:${receiver.port}`,
      `127.0.0.1:${receiver.port}`,
    ]);
  });

  it.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /refused the connection: HTTP 407$/],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', /refused the connection: HTTP 502$/],
    ['SSH-2.0-OpenSSH\r\n\r\n', /does not speak HTTP$/],
    [`HTTP/1.1 200 ${'x'.repeat(20_000)}`, /does not speak HTTP$/],
    ['', /it closed the connection$/],
  ])('that answers %j a call fails with a sentence about the proxy', async (refusal, message) => {
    const proxy = new Proxy(refusal);
    const receiver = httpsReceiver('good');
    const client = await stage.start(receiver, { proxy: `http://${await proxy.listen()}` });
    const outcome = await stage.call(receiver, {}, client);
    expect(outcome).toMatchObject({ kind: 'network', message: expect.stringMatching(message) as string });
    expect(receiver.connections).toBe(0);
  });

  it('that is not there a call fails with its address', async () => {
    const receiver = httpsReceiver('good');
    const client = await stage.start(receiver, { proxy: 'http://127.0.0.1:1' });
    const outcome = await stage.call(receiver, {}, client);
    expect(outcome).toMatchObject({
      kind: 'network',
      code: 'ECONNREFUSED',
      message: expect.stringMatching(/^the proxy 127\.0\.0\.1:1 cannot be used: /) as string,
    });
  });

  it('that is silent a call ends at its deadline, and leaves no connection', async () => {
    const sockets = new Set<Socket>();
    const silent = createTcpServer((socket) => {
      sockets.add(socket.on('error', () => undefined).resume());
      socket.on('close', () => sockets.delete(socket));
    });
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    stage.add({ close: async () => void silent.close() });
    const receiver = httpsReceiver('good');
    const client = await stage.start(receiver, {
      proxy: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    });
    expect(await stage.call(receiver, { timeoutMs: 300 }, client)).toMatchObject({ kind: 'timeout' });
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(0);
  });
});
