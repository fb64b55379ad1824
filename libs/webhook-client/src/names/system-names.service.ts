import { lookup, Resolver } from 'node:dns/promises';
import { readFileSync, statSync } from 'node:fs';
import { parseHosts } from './hosts-file.js';
import { parseResolvConf } from './resolv-conf.js';
import { NameServers } from './name-servers.service.js';

/** Milliseconds between two checks whether a file has changed. */
const LOOK_EVERY_MS = 1000;

export interface SystemFiles {
  hosts: string;
  resolvConf: string;
}

export const SYSTEM_FILES: SystemFiles = {
  hosts: process.platform === 'win32' ? String.raw`C:\Windows\System32\drivers\etc\hosts` : '/etc/hosts',
  resolvConf: '/etc/resolv.conf',
};

/** The names in this machine's files; a change of a file counts within a second. */
export class SystemNames {
  readonly #hosts: WatchedFile<Map<string, string[]>>;
  readonly #dns: WatchedFile<{ servers: NameServers; search: readonly string[] }>;

  constructor(files: SystemFiles = SYSTEM_FILES) {
    this.#hosts = new WatchedFile(files.hosts, parseHosts);
    this.#dns = new WatchedFile(files.resolvConf, (text) => {
      const { servers, search } = parseResolvConf(text);
      return { servers: new NameServers(usable(servers)), search };
    });
  }

  /** All addresses of a name in the hosts file, null when it is not there. `localhost` is always there (RFC 6761). */
  fromHosts(name: string): string[] | null {
    const found = this.#hosts.value.get(name);
    if (found) return found;
    return name === 'localhost' || name.endsWith('.localhost') ? ['127.0.0.1', '::1'] : null;
  }

  get servers(): NameServers {
    return this.#dns.value.servers;
  }

  get search(): readonly string[] {
    return this.#dns.value.search;
  }
}

/**
 * Asks the system's own resolver (getaddrinfo) for names that only it may know: multicast DNS, NIS, the name of this
 * machine. One at a time: it runs in libuv's pool, where connects to PostgreSQL and Redis resolve their names, too.
 */
export class SystemLookup {
  #last: Promise<unknown> = Promise.resolve();

  ask(name: string): Promise<string[]> {
    const answer = this.#last.then(async () => {
      const found = await lookup(name, { all: true, order: 'ipv4first' });
      return found.map(({ address }) => address);
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

/** A file's content, read again when it has changed. A file that cannot be read counts as empty. */
class WatchedFile<T> {
  #value: T | undefined;
  #stamp = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
  ) {}

  get value(): T {
    const now = performance.now();
    if (this.#value !== undefined && now - this.#lookedAt < LOOK_EVERY_MS) return this.#value;
    this.#lookedAt = now;
    const stamp = stampOf(this.path);
    if (this.#value === undefined || stamp !== this.#stamp) this.#value = this.parse(textOf(this.path));
    this.#stamp = stamp;
    return this.#value;
  }
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The servers that can be used; those that c-ares finds by itself (as on Windows) when the file names none. */
function usable(servers: readonly string[]): readonly string[] {
  const good = servers.filter((server) => {
    try {
      new Resolver().setServers([server]);
      return true;
    } catch {
      return false;
    }
  });
  return good.length > 0 ? good : new Resolver().getServers();
}
