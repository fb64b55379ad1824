import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  coversAddress,
  namesHost,
  namesHostAndPort,
  parseAllowList,
} from './allow-list.js';

const read = (...entries: string[]) => parseAllowList(entries);

describe('an allow list', () => {
  it.each([
    ['127.0.0.1:7001', '127.0.0.1', 7001],
    ['app.local:3000', 'app.local', 3000],
    ['App.Local:3000', 'app.local', 3000],
    [' receiver:8080 ', 'receiver', 8080],
    ['[::1]:8080', '0:0:0:0:0:0:0:1', 8080],
    ['bücher.local:80', 'xn--bcher-kva.local', 80],
  ])('%s allows that host at that port only', (entry, host, port) => {
    const { allow, problems } = read(entry);
    expect(problems).toEqual([]);
    expect(namesHost(allow, host, port)).toBe(true);
    expect(namesHostAndPort(allow, host, port)).toBe(true);
    expect(namesHost(allow, host, port + 1)).toBe(false);
    expect(namesHost(allow, `x${host}`, port)).toBe(false);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['app.local', 'app.local'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['[0:0::1]', '0:0:0:0:0:0:0:1'],
  ])('%s allows the host without a port', (entry, host) => {
    const { allow } = read(entry);
    expect(namesHost(allow, host, 12345)).toBe(true);
    expect(namesHostAndPort(allow, host, 12345)).toBe(false);
  });

  it('keeps several ports of one host apart', () => {
    const { allow } = read('app.local:1000', 'app.local:2000');
    expect([1000, 2000, 3000].map((port) => namesHost(allow, 'app.local', port))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.7/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', '10.0.0.1', false],
    ['0.0.0.0/0', '::1', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', false],
  ])('%s and %s: %s', (entry, address, expected) => {
    expect(coversAddress(read(entry).allow, ipaddr.parse(address))).toBe(expected);
  });

  it('skips blank entries', () => {
    expect(read('', '  ')).toEqual({ allow: { hosts: new Map(), cidrs: [] }, problems: [] });
  });

  it.each([
    'http://app.local',
    'app.local/',
    'user@app.local',
    'app.local:0',
    'app.local:65536',
    'app.local:x',
    '*.local',
    'app local',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '0x7f000001',
    '2130706433',
    '127.1',
    '[::1',
    '[127.0.0.1]:1',
    'fe80::1%eth0',
    'app.local.',
    '-a.local',
    'a..b',
    'app.local:80:81',
    '/8',
    '10.0.0.0/',
    '[zz::]:1',
  ])('%s is malformed, allows nothing and is named', (entry) => {
    const { allow, problems } = read('app.local', entry);
    expect([...allow.hosts.keys()]).toEqual(['app.local']);
    expect(allow.cidrs).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({ pointer: '/1', rule: 'outbound_allow', value: entry }),
    ]);
  });
});

it.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['::ffff:1.2.3.4', '0:0:0:0:0:ffff:102:304'],
  ['fe80::1%eth0', null],
  ['01.2.3.4', null],
  ['1.2.3', null],
  ['', null],
])('the canonical form of %s is %s', (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});
