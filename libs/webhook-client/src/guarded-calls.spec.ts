import { afterEach, describe, expect, it } from 'vitest';
import { DnsServer, type Zone } from '@breakwater/testing/dns-server.js';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { clientFor, requestTo } from './fixtures/client.fixture.js';
import { httpReceiver, httpsReceiver, pem, until } from './fixtures/receiver.fixture.js';
import type { Receiver } from './fixtures/receiver.fixture.js';
import { REFUSED_URLS } from './fixtures/ssrf-vectors.fixture.js';
import type { WebhookClientOptions } from './webhook-client.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

/** A listener on loopback that must not be reached. */
async function canary(): Promise<Receiver> {
  const receiver = await httpReceiver().listen();
  open.push(receiver);
  return receiver;
}

async function clientAsking(zone: Zone, options: Partial<WebhookClientOptions> = {}) {
  const dns = await new DnsServer(zone).listen();
  const client = clientFor([], { dnsServers: [dns.address], ...options });
  open.push(client, dns);
  return { client, dns };
}

describe('a refused URL', () => {
  const urls = REFUSED_URLS.flatMap(([, , group]) => group);

  it('is blocked at the attempt and at the probe, whichever of the vectors it is', async () => {
    expect(urls.length).toBeGreaterThan(200);
    const { client, dns } = await clientAsking(() => ['8.8.8.8']);
    for (const url of urls) {
      expect([url, (await client.send(requestTo(url))).kind]).toEqual([url, 'blocked']);
      expect([url, (await client.probe({ url, timeoutMs: 100 })).kind]).toEqual([url, 'blocked']);
      expect([url, (await client.checkUrl(url)).ok]).toEqual([url, false]);
    }
    expect(dns.names).toEqual([]);
  });
});

describe('a name', () => {
  it.each([
    ['loopback', ['127.0.0.1']],
    ['a good and a bad address', ['8.8.8.8', '127.0.0.1']],
    ['a bad address among many', ['8.8.8.8', '8.8.4.4', '1.1.1.1', '10.0.0.1']],
    ['IPv6 loopback beside a good address', ['8.8.8.8', '::1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a translated address', ['64:ff9b::7f00:1']],
    ['metadata', ['169.254.169.254']],
  ])('that resolves to %s is blocked, at registration too', async (_, addresses) => {
    const trap = await canary();
    const { client } = await clientAsking(() => addresses, { allowHttp: true });
    const url = `http://hooks.breakwater.test:${trap.port}/`;
    expect(await client.send(requestTo(url))).toMatchObject({ kind: 'blocked' });
    expect(await client.checkUrl(url)).toMatchObject({ ok: false });
    expect(trap.connections).toBe(0);
  });

  it('that resolves to an allowed address is called by its name', async () => {
    const receiver = await httpReceiver().listen();
    const { client } = await clientAsking(() => ['127.0.0.1'], {
      allow: [`hooks.breakwater.test:${receiver.port}`],
    });
    open.push(receiver);
    const url = `http://hooks.breakwater.test:${receiver.port}/`;
    expect((await client.send(requestTo(url))).kind).toBe('delivered');
    expect(receiver.received[0]!.headers.host).toBe(`hooks.breakwater.test:${receiver.port}`);
    expect(await client.checkUrl(url)).toEqual({ ok: true });
  });

  it('must be in the certificate', async () => {
    const receiver = await httpsReceiver('good').listen();
    const { client } = await clientAsking(() => ['127.0.0.1'], {
      allow: [`127.0.0.1:${receiver.port}`],
      extraCertificateAuthorities: [pem('authority')],
    });
    open.push(receiver);
    const send = (host: string) => client.send(requestTo(`https://${host}:${receiver.port}/`));
    expect((await send('hooks.breakwater.test')).kind).toBe('delivered');
    expect(await send('wrong.breakwater.test')).toMatchObject({ kind: 'tls' });
  });

  it('that is good when checked and bad when called is blocked', async () => {
    const trap = await canary();
    const { client } = await clientAsking((_, questions) => (questions > 1 ? ['127.0.0.1'] : ['8.8.8.8']), {
      allowHttp: true,
    });
    const url = `http://rebind.breakwater.test:${trap.port}/`;
    expect(await client.checkUrl(url)).toEqual({ ok: true });
    expect((await client.send(requestTo(url))).kind).toBe('blocked');
    expect(trap.connections).toBe(0);
  });

  it('whose bad address comes after a good one that was already used is called, and the bad address never is', async () => {
    const receiver = await httpReceiver().listen();
    const trap = await httpReceiver().listen('::1', receiver.port);
    open.push(receiver, trap);
    const zone: Zone = () => ({ addresses: ['127.0.0.1', '::1'], lateMs: { ipv6: 200 } });
    const { client } = await clientAsking(zone, { allow: [`127.0.0.1:${receiver.port}`], allowHttp: true });
    const url = `http://late.breakwater.test:${receiver.port}/`;
    expect((await client.send(requestTo(url))).kind).toBe('delivered');
    expect(await client.checkUrl(url)).toMatchObject({ ok: false, rule: 'address' }); // A registration waits for both.
    expect(trap.connections).toBe(0);
  });

  it('whose IPv6 query is never answered is called at once', async () => {
    const receiver = await httpReceiver().listen();
    open.push(receiver);
    const zone: Zone = () => ({ addresses: ['127.0.0.1'], lateMs: { ipv6: Number.POSITIVE_INFINITY } });
    const { client } = await clientAsking(zone, { allow: [`127.0.0.1:${receiver.port}`], allowHttp: true });
    const url = `http://half.breakwater.test:${receiver.port}/`;
    expect((await client.send(requestTo(url, { timeoutMs: 1000 }))).kind).toBe('delivered');
    expect(await client.checkUrl(url)).toEqual({ ok: true });
  });

  it('that changes between attempts is judged again for each new connection', async () => {
    const trap = await canary();
    const receiver = await httpReceiver((_request, response) => {
      response.setHeader('connection', 'close').end();
    }).listen('127.0.0.1', 0);
    open.push(receiver);
    let address = '127.0.0.1';
    const { client } = await clientAsking(() => [address], {
      allow: [`127.0.0.1:${receiver.port}`],
      allowHttp: true,
    });
    const url = `http://rebind.breakwater.test:${receiver.port}/`;
    expect((await client.send(requestTo(url))).kind).toBe('delivered');
    address = '127.0.0.2';
    expect((await client.send(requestTo(url))).kind).toBe('blocked');
    expect((await client.send(requestTo(`http://rebind.breakwater.test:${trap.port}/`))).kind).toBe(
      'blocked',
    );
    expect(trap.connections).toBe(0);
  });

  it('is resolved once per connection: the vetted addresses are used', async () => {
    const receiver = await httpReceiver().listen();
    open.push(receiver);
    // Every query after the first gets another answer, as with a rebinding server.
    const { client, dns } = await clientAsking(
      (_, questions) => (questions === 1 ? ['127.0.0.1'] : ['127.0.0.3']),
      {
        allow: [`127.0.0.1:${receiver.port}`, `127.0.0.3:${receiver.port}`],
        maxConnectionsPerOrigin: 1,
        allowHttp: true,
      },
    );
    const url = `http://pinned.breakwater.test:${receiver.port}/`;
    expect((await client.send(requestTo(url))).kind).toBe('delivered');
    expect((await client.send(requestTo(url))).kind).toBe('delivered'); // Over the kept connection.
    expect(dns.asked('pinned.breakwater.test')).toBe(1);
    expect(receiver.connections).toBe(1);
  });

  it('that does not exist is a dns outcome, and only a warning at registration', async () => {
    const { client } = await clientAsking(() => null);
    const url = 'https://nowhere.breakwater.test/';
    expect(await client.send(requestTo(url))).toMatchObject({ kind: 'dns', code: 'ENOTFOUND' });
    expect(await client.checkUrl(url)).toEqual({ ok: true, warning: expect.stringContaining('nowhere') });
  });

  it('that has no address is a dns outcome', async () => {
    const { client } = await clientAsking(() => []);
    expect(await client.send(requestTo('https://empty.breakwater.test/'))).toMatchObject({ kind: 'dns' });
  });

  it('whose server does not answer takes no longer than the deadline', async () => {
    const { client } = await clientAsking(() => 'silence');
    const sent = client.send(requestTo('https://silent.breakwater.test/', { timeoutMs: 200 }));
    expect(await endsBefore(sent, 450)).toBe(true);
    expect((await sent).kind).toBe('timeout');
  });

  it('that the system does not know is a dns outcome', async () => {
    const client = clientFor([]);
    open.push(client);
    const outcome = await client.send(requestTo('https://nowhere.invalid/', { timeoutMs: 8000 }));
    expect(outcome.kind).toBe('dns');
  });
});

describe('the environment', () => {
  it('does not matter: proxy variables are not read', async () => {
    const proxy = await canary();
    const receiver = await httpReceiver().listen();
    const names = [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'http_proxy',
      'https_proxy',
      'ALL_PROXY',
      'NODE_USE_ENV_PROXY',
    ];
    for (const name of names)
      process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`;
    try {
      const client = clientFor([receiver]);
      open.push(client, receiver);
      expect((await client.send(requestTo(receiver.url))).kind).toBe('delivered');
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(proxy.connections).toBe(0);
  });
});

describe('wrong settings', () => {
  it('make the construction fail, and are all named', () => {
    const make = () => clientFor([], { allow: ['app.local', 'http://x', '10.0.0.0/99'] });
    expect(make).toThrowError(/http:\/\/x.*10\.0\.0\.0\/99/);
    expect(() => clientFor([], { dnsServers: ['127.0.0.1:53', 'dns.example', ''] })).toThrowError(
      /dns\.example/,
    );
  });
});

describe('pools', () => {
  it('are dropped with their sockets when an origin is idle for 4 s', { timeout: 15_000 }, async () => {
    const receiver = await httpReceiver((_request, response) => {
      response.setHeader('keep-alive', 'timeout=600').end();
    }).listen();
    open.push(receiver);
    const client = clientFor([receiver]);
    open.push(client);
    await client.send(requestTo(receiver.url));
    const dropped = until(() => receiver.sockets.size === 0, 6000);
    expect(await endsBefore(dropped, 4_000)).toBe(true);
    await until(() => client.originCount === 0, 3000);
  });

  it('make room: the longest idle origin goes first, and only if all are busy a call is refused', async () => {
    const receivers = await Promise.all([1, 2, 3].map(() => httpReceiver().listen()));
    const hanging = httpReceiver(() => undefined);
    await hanging.listen();
    const client = clientFor([...receivers, hanging], { maxOrigins: 2 });
    open.push(client, hanging, ...receivers);
    for (const receiver of receivers) {
      expect((await client.send(requestTo(receiver.url))).kind).toBe('delivered');
      expect(client.originCount).toBeLessThanOrEqual(2);
    }
    const giveUp = new AbortController();
    const one = client.send(requestTo(hanging.url), giveUp.signal);
    const two = client.send(requestTo(hanging.url.replace('127.0.0.1', '2130706433')), giveUp.signal);
    expect((await client.send(requestTo(receivers[0]!.url))).kind).toBe('delivered'); // The same origin twice.
    giveUp.abort();
    expect([(await one).kind, (await two).kind]).toEqual(['aborted', 'aborted']);
  });

  it('refuse a new origin when every one is busy', async () => {
    const [busy, other] = [httpReceiver(() => undefined), httpReceiver()];
    await Promise.all([busy.listen(), other.listen()]);
    const client = clientFor([busy, other], { maxOrigins: 1 });
    open.push(client, busy, other);
    const running = client.send(requestTo(busy.url, { timeoutMs: 300 }));
    expect(await client.send(requestTo(other.url))).toMatchObject({
      kind: 'misconfigured',
      code: 'TOO_MANY_ORIGINS',
    });
    expect((await running).kind).toBe('timeout');
    expect((await client.send(requestTo(other.url))).kind).toBe('delivered');
  });

  it('keep at most maxConnectionsPerOrigin sockets', async () => {
    const receiver = await httpReceiver((_request, response) => {
      setImmediate(() => response.end());
    }).listen();
    const client = clientFor([receiver], { maxConnectionsPerOrigin: 3 });
    open.push(client, receiver);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => client.send(requestTo(receiver.url))),
    );
    expect(outcomes.every((outcome) => outcome.kind === 'delivered')).toBe(true);
    expect(receiver.connections).toBe(3);
  });

  it('leave nothing behind after thousands of origins', { timeout: 60_000 }, async () => {
    const { client } = await clientAsking(() => null, { maxOrigins: 500 });
    for (let round = 0; round < rounds(20, 100); round++) {
      const calls = Array.from({ length: 100 }, (_, i) =>
        client.probe({ url: `https://h${round * 100 + i}.breakwater.test/`, timeoutMs: 10_000 }),
      );
      for (const outcome of await Promise.all(calls)) expect(outcome.kind).toBe('dns');
      expect(client.originCount).toBeLessThanOrEqual(500);
    }
    await until(() => client.originCount === 0, 6000);
  });
});
