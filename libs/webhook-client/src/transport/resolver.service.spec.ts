import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DnsServer } from '@breakwater/testing/dns-server.js';
import type { Zone } from '@breakwater/testing/dns-server.js';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { NameResolver } from './resolver.service.js';

const GOOD = ['192.0.2.1', '2001:db8::1'];

let folder: string;
const servers: DnsServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'names-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true });
});

async function serve(zone: Zone): Promise<DnsServer> {
  const server = await new DnsServer(zone).listen();
  servers.push(server);
  return server;
}

/** The files of a system with these servers. */
async function system(asked: readonly DnsServer[], { hosts = '', search = '' } = {}) {
  const files = { hosts: join(folder, 'hosts'), resolvConf: join(folder, 'resolv.conf') };
  await writeFile(files.hosts, hosts);
  const lines = asked.map(({ address }) => `nameserver [127.0.0.1]:${address.split(':')[1]}\n`);
  await writeFile(files.resolvConf, `${lines.join('')}${search && `search ${search}\n`}`);
  return files;
}

const dead: Zone = (name) => (name.endsWith('.dead.example') ? 'silence' : GOOD);
const code = (error: unknown): unknown => (error as { code?: string }).code;

describe.each([
  ['the servers of OUTBOUND_DNS_SERVERS', true],
  ['the servers of the system', false],
])('names resolved by %s', (_, isConfigured) => {
  async function resolverOf(asked: DnsServer[], files: { hosts?: string; search?: string } = {}) {
    const addresses = isConfigured ? asked.map(({ address }) => address) : [];
    return new NameResolver(addresses, await system(isConfigured ? [] : asked, files));
  }

  it('do not wait for ten thousand others without answer', async () => {
    const resolver = await resolverOf([await serve(dead)]);
    let ended = 0;
    for (let n = 0; n < 10_000; n++) {
      resolver.resolve(`h${n}.dead.example`).catch(() => (ended += 1));
    }
    expect(await resolver.resolve('ok.test.example')).toContain('192.0.2.1');
    expect(ended).toBe(0);
  });

  it('do not wait for names of another owner, however many', async () => {
    const server = await serve(dead);
    const resolver = await resolverOf([server]);
    const giveUp = new AbortController();
    for (let n = 0; n < 3000; n++) {
      const asking = { owner: 'bad', signal: giveUp.signal };
      resolver.resolve(`h${n}.dead.example`, asking).catch(() => undefined);
    }
    expect(await resolver.resolve('ok.test.example', { owner: 'good' })).toContain('192.0.2.1');
    expect(server.names.length).toBeLessThanOrEqual(1025);
    giveUp.abort();
  });

  it('are queried once for all callers at the same time', async () => {
    const server = await serve(() => GOOD);
    const resolver = await resolverOf([server]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('ok.test.example')));
    expect(new Set(answers.map(String))).toEqual(new Set([GOOD.join(',')]));
    expect(server.asked('ok.test.example')).toBe(1);
  });

  it.each([
    ['ipv6', '192.0.2.1'],
    ['ipv4', '2001:db8::1'],
  ] as const)('are used when the query for %s is never answered', async (silent, address) => {
    const zone: Zone = () => ({ addresses: GOOD, lateMs: { [silent]: Number.POSITIVE_INFINITY } });
    const resolver = await resolverOf([await serve(zone)]);
    expect(await resolver.resolve('ok.test.example')).toEqual([address]);
  });

  it('are taken from the hosts file first', async () => {
    const server = await serve(() => GOOD);
    const resolver = await resolverOf([server], {
      hosts: '10.0.0.7 hook.test.example\n::1 hook.test.example\n',
    });
    expect(await resolver.resolve('hook.test.example')).toEqual(['10.0.0.7', '::1']);
    expect(await resolver.resolve('localhost')).toEqual(['127.0.0.1', '::1']);
    expect(await resolver.resolve('a.localhost')).toEqual(['127.0.0.1', '::1']);
    expect(server.names).toEqual([]);
  });

  it('that do not exist are reported at once', async () => {
    const resolver = await resolverOf([await serve(() => null)]);
    expect(await resolver.resolve('nowhere.example').catch(code)).toBe('ENOTFOUND');
  });

  it('are sent to the next server when one does not answer, and after that to both at once', async () => {
    const [first, second] = [await serve(() => 'silence'), await serve(() => GOOD)];
    const resolver = await resolverOf([first, second]);
    expect(await resolver.resolve('one.test.example')).toContain('192.0.2.1');
    const again = resolver.resolve('two.test.example');
    expect(await endsBefore(again, 900)).toBe(true); // The first server is not waited for again.
    expect(await again).toContain('192.0.2.1');
    expect(first.names).toEqual(['one.test.example', 'two.test.example']);
  });
});

describe('names of the system', () => {
  it('are searched in its search domains when they do not exist as written', async () => {
    const server = await serve((name) => (name === 'billing.svc.cluster.local' ? ['10.0.0.9'] : null));
    const files = await system([server], { search: 'ns.svc.cluster.local svc.cluster.local' });
    expect(await new NameResolver([], files).resolve('billing')).toEqual(['10.0.0.9']);
    expect(server.names).toEqual(['billing', 'billing.ns.svc.cluster.local', 'billing.svc.cluster.local']);
  });

  it('are sent to other servers when resolv.conf changes, and found when the hosts file does', async () => {
    const files = await system([await serve(() => ['192.0.2.1'])]);
    const resolver = new NameResolver([], files);
    expect(await resolver.resolve('hook.test.example')).toEqual(['192.0.2.1']);
    await system([await serve(() => ['192.0.2.22'])]);
    await expect.poll(() => resolver.resolve('hook.test.example'), { timeout: 5000 }).toEqual(['192.0.2.22']);
    await writeFile(files.hosts, '192.0.2.33 hook.test.example');
    await expect.poll(() => resolver.resolve('hook.test.example'), { timeout: 5000 }).toEqual(['192.0.2.33']);
  });
});
