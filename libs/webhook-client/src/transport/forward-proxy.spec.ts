import { describe, expect, it } from 'vitest';
import { forwardProxy } from './forward-proxy.js';

describe('a forward proxy', () => {
  it.each([
    ['http://proxy.example', 'proxy.example', 80, null],
    ['http://proxy.example:3128', 'proxy.example', 3128, null],
    ['http://[::1]:3128', '::1', 3128, null],
    ['http://ann@proxy.example', 'proxy.example', 80, 'ann:'],
    ['http://ann:p%40ss%3A@proxy.example', 'proxy.example', 80, 'ann:p@ss:'],
  ])('%s', (url, hostname, port, user) => {
    const authorization = user === null ? null : `Basic ${Buffer.from(user).toString('base64')}`;
    expect(forwardProxy(url)).toEqual({ hostname, port, authorization });
  });
});
