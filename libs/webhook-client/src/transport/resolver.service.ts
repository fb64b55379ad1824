import { Resolver as CaresResolver, lookup } from 'node:dns/promises';
import { OutboundSettingsError } from '../outbound-settings.error.js';

/** Milliseconds one question to a configured server may take; c-ares asks twice. */
const QUESTION_TIMEOUT_MS = 2000;

/** Asks for every address of a name. Questions for one name that run at once share one answer. */
export class NameResolver {
  readonly #ask: (host: string) => Promise<string[]>;
  readonly #running = new Map<string, Promise<string[]>>();

  /**
   * @param servers `1.1.1.1`, `127.0.0.1:5353`, `[::1]:53`; empty means the system's resolver and hosts file
   * @throws OutboundSettingsError for a server that is no address
   */
  constructor(servers: readonly string[]) {
    this.#ask = servers.length === 0 ? askSystem : askServers(servers);
  }

  /** All addresses, never empty. Rejects with a DNS error code. Callers with a deadline stop waiting on their own. */
  resolve(host: string): Promise<string[]> {
    const running = this.#running.get(host);
    if (running) return running;
    const answer = this.#ask(host).finally(() => this.#running.delete(host));
    this.#running.set(host, answer);
    return answer;
  }
}

async function askSystem(host: string): Promise<string[]> {
  const answers = await lookup(host, { all: true, order: 'verbatim' });
  return answers.map((answer) => answer.address);
}

function askServers(servers: readonly string[]): (host: string) => Promise<string[]> {
  const resolver = new CaresResolver({ timeout: QUESTION_TIMEOUT_MS, tries: 2 });
  setServers(resolver, servers);
  return async (host) => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    throw v4.status === 'rejected' ? v4.reason : noAddress(host);
  };
}

function setServers(resolver: CaresResolver, servers: readonly string[]): void {
  const problems = servers.flatMap((server, index) => {
    try {
      resolver.setServers([server]);
      return [];
    } catch {
      const message = `"${server.slice(0, 100)}" is no DNS server address`;
      return [{ pointer: `/${index}`, rule: 'dns_server', message, bounds: ['1.1.1.1', '127.0.0.1:5353'] }];
    }
  });
  if (problems.length > 0) throw new OutboundSettingsError(problems);
  resolver.setServers(servers);
}

function noAddress(host: string): Error {
  return Object.assign(new Error(`no address for ${host}`), { code: 'ENODATA', syscall: 'queryA' });
}
