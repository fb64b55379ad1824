import { afterEach, expect, it, vi } from 'vitest';
import { DnsServer } from '@breakwater/testing/dns-server.js';
import { NameServers } from './name-servers.service.js';

const WAITED_FOR_MS = 10_000;

let server: DnsServer;
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

it('that do not answer are given up by a timer of each query, not all at once by the clock of c-ares', async () => {
  server = await new DnsServer(() => 'silence').listen();
  const servers = new NameServers([server.address]);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const givenUp = vi.fn<(error: Error) => void>();
  void servers.ask('dead.example', 4).catch(givenUp);
  await vi.advanceTimersByTimeAsync(WAITED_FOR_MS - 1);
  expect(givenUp).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(givenUp).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: 'ETIMEOUT', syscall: 'query' }),
  );
});
