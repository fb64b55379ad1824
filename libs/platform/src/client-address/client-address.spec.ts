import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, isForwardedUnheard } from './client-address.js';
import { canonicalAddress, isProxyEntry, trustedProxies } from './trusted-proxies.js';

const PROXY = '10.0.0.7';
const proxies = trustedProxies(['10.0.0.0/8', 'fd00::/8', '192.0.2.99']);
const addressOf = (peer: string, forwarded?: string | string[], trusted = proxies) =>
  clientAddress({ socket: { remoteAddress: peer }, headers: { 'x-forwarded-for': forwarded } }, trusted);

describe('the address of a client', () => {
  it.each<[string, string, string | string[] | undefined, string]>([
    ['of a trusted proxy is what it wrote', PROXY, '203.0.113.5', '203.0.113.5'],
    ['of a proxy that is not trusted is its own', '198.51.100.1', '203.0.113.5', '198.51.100.1'],
    ['without the header is that of the proxy', PROXY, undefined, PROXY],
    ['with an empty header is that of the proxy', PROXY, '', PROXY],
    ['is not what the client wrote before it', PROXY, '127.0.0.1, 203.0.113.5', '203.0.113.5'],
    ['is read past other trusted proxies', PROXY, '203.0.113.5, 10.1.1.1, 192.0.2.99', '203.0.113.5'],
    ['stops at the first that is not trusted', PROXY, '1.1.1.1,203.0.113.5,10.1.1.1', '203.0.113.5'],
    ['is the first where all are trusted', PROXY, '10.9.9.9, 10.1.1.1', '10.9.9.9'],
    ['stops at what is no address', PROXY, '203.0.113.5, unknown', PROXY],
    ['stops at what is no address, after others', PROXY, '203.0.113.5, x, 10.1.1.1', '10.1.1.1'],
    ['stops at an empty entry', PROXY, '203.0.113.5,,10.1.1.1', '10.1.1.1'],
    ['stops at a leading comma', PROXY, ',10.1.1.1', '10.1.1.1'],
    ['stops at a trailing comma', PROXY, '203.0.113.5,', PROXY],
    ['has no port', PROXY, '203.0.113.5:50123', '203.0.113.5'],
    ['stops at a port that is none', PROXY, '203.0.113.5:', PROXY],
    ['is IPv6', PROXY, '2001:DB8:0::5', '2001:db8::5'],
    ['is IPv6 in brackets', PROXY, '[2001:db8::5]', '2001:db8::5'],
    ['is IPv6 with a port', PROXY, '[2001:db8::5]:443', '2001:db8::5'],
    ['has no zone', PROXY, 'fe80::1%eth0', 'fe80::1'],
    ['is IPv4 in IPv6 form', PROXY, '::ffff:203.0.113.5', '203.0.113.5'],
    ['of a proxy in IPv6 form is what it wrote', '::ffff:10.0.0.7', '203.0.113.5', '203.0.113.5'],
    ['of a client in IPv6 form is IPv4', '::ffff:198.51.100.1', undefined, '198.51.100.1'],
    ['of an IPv6 proxy is what it wrote', 'fd00::7', '203.0.113.5', '203.0.113.5'],
    ['is no form that only some programs read', PROXY, '0x7f.1', PROXY],
    ['is no octal number', PROXY, '010.0.0.1', PROXY],
    ['is not in quotes', PROXY, '"203.0.113.5"', PROXY],
    ['is read over several lines of the header', PROXY, ['203.0.113.5', '10.1.1.1'], '203.0.113.5'],
    ['stops after 20 proxies', PROXY, `203.0.113.5${', 10.1.1.1'.repeat(20)}`, '10.1.1.1'],
  ])('%s', (_, peer, forwarded, expected) => expect(addressOf(peer, forwarded)).toBe(expected));

  it('is unknown when the connection is gone', () => {
    expect(clientAddress({ headers: {}, socket: {} }, proxies)).toBeNull();
    expect(clientAddress({ headers: {} }, proxies)).toBeNull();
  });

  it('is that of the connection when no proxy is trusted, whatever is sent', () => {
    const anything = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.array(fc.ipV4()).map(String));
    const none = trustedProxies([]);
    fc.assert(fc.property(fc.ipV4(), anything, (peer, sent) => addressOf(peer, sent, none) === peer));
  });

  it('cannot be changed by what a client sends before its own address', () => {
    const sent = fc.oneof(fc.string({ maxLength: 200 }), fc.array(fc.ipV4(), { maxLength: 50 }).map(String));
    fc.assert(fc.property(sent, (before) => addressOf(PROXY, `${before}, 203.0.113.5`) === '203.0.113.5'));
  });

  it('is an address in its one spelling, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdf:.,[]% ') }), (sent) => {
        const address = addressOf(PROXY, sent)!;
        return canonicalAddress(address) === address;
      }),
    );
  });

  it('of the longest header costs no more than that of 20 entries', () => {
    let asked = 0;
    const counting = { isEmpty: false, has: () => ++asked > 0 };
    expect(addressOf(PROXY, '10.1.1.1,'.repeat(1800) + '10.2.2.2', counting)).toBe('10.1.1.1');
    expect(asked).toBe(20);
  });
});

describe('a header that is not believed', () => {
  it.each([
    ['of an address that is not trusted', '198.51.100.1', '203.0.113.5', true],
    ['of a trusted proxy', PROXY, '203.0.113.5', false],
    ['that was not sent', '198.51.100.1', undefined, false],
  ])('%s: %s', (_, remoteAddress, forwarded, expected) =>
    expect(
      isForwardedUnheard({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }, proxies),
    ).toBe(expected),
  );

  it('is not told of a connection that is gone', () =>
    expect(isForwardedUnheard({ headers: { 'x-forwarded-for': '203.0.113.5' } }, proxies)).toBe(false));
});

describe('an entry of API_TRUSTED_PROXIES', () => {
  it.each([
    '10.0.0.7',
    '10.0.0.0/8',
    '10.1.2.3/8',
    '2001:db8::7',
    'fd00::/8',
    '::ffff:10.0.0.0/104',
    'loopback',
    'private',
    '0.0.0.0/1',
  ])('may be %s', (entry) => expect(isProxyEntry(entry)).toBe(true));

  it.each([
    '',
    'toString',
    'proxy.local',
    '10.0.0.7:80',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0/8',
    '0.0.0.0/0',
    '::/0',
    '::ffff:0.0.0.0/96',
    'fe80::1%eth0',
    '/8',
  ])('may not be %j', (entry) => expect(isProxyEntry(entry)).toBe(false));

  it.each([
    ['loopback', '127.3.4.5', true],
    ['loopback', '::1', true],
    ['loopback', '10.0.0.1', false],
    ['private', '172.31.255.255', true],
    ['private', '172.32.0.0', false],
    ['private', 'fd12::1', true],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '11.9.9.9', false],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['nonsense', '10.0.0.1', false],
  ])('%s covers %s: %s', (entry, address, expected) =>
    expect(trustedProxies([entry]).has(address)).toBe(expected),
  );
});
