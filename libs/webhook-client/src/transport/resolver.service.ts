import { Resolver } from 'node:dns/promises';
import { refuseName } from '../guard/name-rules.js';
import { bothFamilies } from '../names/both-families.js';
import { isAnswer, NameServers } from '../names/name-servers.service.js';
import { OwnerLines } from '../names/owner-lines.js';
import { SystemLookup, SystemNames } from '../names/system-names.service.js';
import type { SystemFiles } from '../names/system-names.service.js';
import { OutboundSettingsError } from '../outbound-settings.error.js';

/** Milliseconds that the addresses of one family wait for those of the other (RFC 8305, 3). */
export const OTHER_FAMILY_MS = 50;
/** Names of one owner that are resolved at once; further names of this owner wait. */
const NAMES_PER_OWNER = 1024;
/** Names that are resolved at once: c-ares has 65,536 query ids, and a name takes two. */
const NAMES_AT_ONCE = 16_384;

export interface Asking {
  /** Owner of the call, an app; by default the name itself. */
  owner?: string | undefined;
  /** Aborts when nobody waits for the answer any more. */
  signal?: AbortSignal;
  otherFamilyMs?: number;
}

/**
 * Finds the addresses of a name: in the hosts file, else by DNS. No name waits for another. Concurrent queries for one
 * name share their answers.
 * @see docs/adr/0024-names-without-getaddrinfo.md
 */
export class NameResolver {
  readonly #system: SystemNames;
  readonly #lookup = new SystemLookup();
  readonly #configured: NameServers | null;
  readonly #asked = new Map<string, Promise<string[]>[]>();
  readonly #searched = new Map<string, Promise<string[]>>();
  readonly #lines = new OwnerLines(NAMES_PER_OWNER);

  /**
   * @param servers `1.1.1.1`, `127.0.0.1:5353`, `[::1]:53`; empty means those of the system
   * @throws OutboundSettingsError for a server that is not an address
   */
  constructor(servers: readonly string[], files?: SystemFiles) {
    this.#system = new SystemNames(files);
    refuseServers(servers);
    this.#configured = servers.length === 0 ? null : new NameServers(servers);
  }

  /**
   * The addresses that are known `otherFamilyMs` after one family has answered; never none. Rejects with a DNS error
   * code. Callers with a deadline stop waiting on their own.
   */
  async resolve(host: string, asking: Asking = {}): Promise<string[]> {
    const { owner = host, signal, otherFamilyMs = OTHER_FAMILY_MS } = asking;
    const known = this.#system.fromHosts(host);
    if (known) return known;
    const questions = this.#asked.get(host) ?? (await this.#askInTurn(host, owner, signal));
    try {
      return await bothFamilies(questions, otherFamilyMs);
    } catch (error) {
      if (this.#configured || !isAnswer(error)) throw error;
      return this.#searchOnce(host, error);
    }
  }

  async #askInTurn(host: string, owner: string, signal?: AbortSignal): Promise<Promise<string[]>[]> {
    await this.#lines.enter(owner);
    const running = this.#asked.get(host);
    if (running || signal?.aborted || this.#asked.size >= NAMES_AT_ONCE) {
      this.#lines.leave(owner);
      if (running) return running;
      throw signal?.aborted ? new Error('nobody waits for this name') : tooMany(host);
    }
    const questions = this.#ask(host);
    this.#asked.set(host, questions);
    void Promise.allSettled(questions).finally(() => {
      this.#asked.delete(host);
      this.#lines.leave(owner);
    });
    return questions;
  }

  #ask(name: string): Promise<string[]>[] {
    const servers = this.#configured ?? this.#system.servers;
    return [servers.ask(name, 4), servers.ask(name, 6)];
  }

  /** For a name that does not exist as written: what else the system would try. */
  #searchOnce(host: string, reason: unknown): Promise<string[]> {
    const running = this.#searched.get(host);
    if (running) return running;
    const answer = this.#search(host, reason).finally(() => this.#searched.delete(host));
    this.#searched.set(host, answer);
    return answer;
  }

  async #search(host: string, reason: unknown): Promise<string[]> {
    for (const domain of this.#system.search) {
      try {
        return await bothFamilies(this.#ask(`${host}.${domain}`), OTHER_FAMILY_MS);
      } catch (error) {
        if (!isAnswer(error)) throw error;
      }
    }
    // Names that are not public are called only if the operator has allowed them.
    if (refuseName(host) !== null) return this.#lookup.ask(host);
    throw reason;
  }
}

function refuseServers(servers: readonly string[]): void {
  const problems = servers.flatMap((server, index) => {
    try {
      new Resolver().setServers([server]);
      return [];
    } catch {
      const message = `"${server.slice(0, 100)}" is not a DNS server address`;
      return [{ pointer: `/${index}`, rule: 'dns_server', message, bounds: ['1.1.1.1', '127.0.0.1:5353'] }];
    }
  });
  if (problems.length > 0) throw new OutboundSettingsError(problems);
}

function tooMany(host: string): Error {
  const message = `${host} is not resolved: ${NAMES_AT_ONCE} other names are`;
  return Object.assign(new Error(message), { code: 'TOO_MANY_LOOKUPS', syscall: 'queryA' });
}
