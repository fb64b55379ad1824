import { describe, expect, it } from 'vitest';
import { parseResolvConf } from './resolv-conf.js';

describe('a resolv.conf', () => {
  it.each([
    ['', { servers: [], search: [] }],
    [
      'nameserver 10.0.0.2\nnameserver fe80::1%eth0 # two\n',
      { servers: ['10.0.0.2', 'fe80::1%eth0'], search: [] },
    ],
    [
      'domain a.example\nsearch ns.svc.cluster.local. svc.cluster.local\n',
      { servers: [], search: ['ns.svc.cluster.local', 'svc.cluster.local'] },
    ],
    [
      'search .\n; nameserver 10.0.0.3\nnameserver [127.0.0.1]:5353\noptions ndots:5',
      { servers: ['[127.0.0.1]:5353'], search: [] },
    ],
  ])('%j is read', (text, expected) => expect(parseResolvConf(text)).toEqual(expected));
});
