import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFrom } from '../config/index.js';
import { ClientAddresses } from './client-addresses.service.js';

const from = (remoteAddress: string, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: { 'x-forwarded-for': forwarded },
});
const trusting = (entries: string) =>
  new ClientAddresses(configFrom({ API_TRUSTED_PROXIES: entries }, { standalone: true }));

describe('addresses of clients', () => {
  const lines: string[] = [];
  beforeAll(() =>
    Logger.overrideLogger({ log: () => {}, error: () => {}, warn: (line: string) => void lines.push(line) }),
  );
  afterAll(() => Logger.overrideLogger(false));

  it('follow API_TRUSTED_PROXIES', () => {
    expect(trusting('10.0.0.0/8, loopback').of(from('127.0.0.1', '203.0.113.5, 10.1.1.1'))).toBe(
      '203.0.113.5',
    );
    expect(trusting('').of(from('127.0.0.1', '203.0.113.5'))).toBe('127.0.0.1');
  });

  it('are missing from a proxy that is not trusted, which is said once', () => {
    const addresses = trusting('10.0.0.0/8');
    addresses.watch(from('10.0.0.7', '203.0.113.5'));
    addresses.watch(from('192.0.2.1'));
    expect(lines).toEqual([]);
    addresses.watch(from('192.0.2.1', '203.0.113.5'));
    addresses.watch(from('192.0.2.2', '203.0.113.5'));
    expect(lines).toEqual([
      expect.stringMatching(/^192\.0\.2\.1 sent X-Forwarded-For, which is ignored.* API_TRUSTED_PROXIES$/),
    ]);
  });
});
