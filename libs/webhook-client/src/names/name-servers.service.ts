import { Resolver } from 'node:dns/promises';
import { Pace } from './pace.js';

/** Milliseconds after which an unanswered query is sent again. */
const REPEAT_AFTER_MS = [1000, 2000, 3000];
/** Longest time that c-ares waits for one answer, ms; it waits less for a server that has been fast. */
const ANSWER_WITHIN_MS = 4000;
/** Queries that are sent at once: a socket's buffer holds about two hundred, and drops the rest. */
const QUESTIONS_AT_ONCE = 64;
/** Milliseconds between two such groups. */
const BEAT_MS = 5;
/** Milliseconds before the next server also gets a query that the previous one did not answer. */
const NEXT_SERVER_AFTER_MS = 1000;
/** Codes of answers that are final: the name, or this kind of address, does not exist. */
const FINAL = new Set(['ENOTFOUND', 'ENODATA']);

export type Family = 4 | 6;

/**
 * Name servers in the order of preference. Queries use sockets of our own (c-ares), any number at once, and none waits
 * for another. libuv's pool runs only two getaddrinfo at a time and cannot abort one; c-ares' own failover would count
 * unanswered names against a server.
 */
export class NameServers {
  readonly #servers: readonly NameServer[];

  constructor(addresses: readonly string[]) {
    this.#servers = addresses.map((address) => new NameServer(address));
  }

  /**
   * The addresses of one family, never empty. Rejects with a DNS error code: `ENOTFOUND`, `ENODATA`, or the error of
   * the last server.
   */
  ask(name: string, family: Family): Promise<string[]> {
    if (this.#servers.length === 1) return this.#servers[0]!.ask(name, family);
    return new Promise((resolve, reject) => new Round(this.#servers, name, family, resolve, reject).next());
  }
}

/** One query, sent to one server after another until one answers. */
class Round {
  #asked = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly servers: readonly NameServer[],
    private readonly name: string,
    private readonly family: Family,
    private readonly resolve: (addresses: string[]) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  next(): void {
    clearTimeout(this.#timer);
    const server = this.servers[this.#asked];
    if (server === undefined) return;
    this.#asked += 1;
    // For a server that may be dead nothing is waited for: the next one gets the query at the same time.
    const patienceMs = server.isSilent ? 0 : NEXT_SERVER_AFTER_MS;
    if (this.#asked < this.servers.length) this.#timer = setTimeout(() => this.next(), patienceMs);
    server.ask(this.name, this.family).then(
      (addresses) => this.#end(() => this.resolve(addresses)),
      (error: Error) => this.#fail(error),
    );
  }

  #fail(error: Error): void {
    this.#failed += 1;
    const isLast = this.#failed === this.servers.length;
    if (isLast || FINAL.has(codeOf(error))) this.#end(() => this.reject(error));
    else this.next();
  }

  #end(settle: () => void): void {
    this.#asked = this.servers.length;
    clearTimeout(this.#timer);
    settle(); // A promise: resolving it again changes nothing.
  }
}

class NameServer {
  /** Sends each query once: c-ares would repeat all due ones in one burst, and lose some of them. */
  readonly #resolver = new Resolver({ timeout: ANSWER_WITHIN_MS, tries: 1 });
  readonly #pace = new Pace(QUESTIONS_AT_ONCE, (beat) => void setTimeout(beat, BEAT_MS));
  /** When the first query since its last answer was sent; null when it answered all. */
  #waitingSince: number | null = null;
  #open = 0;

  constructor(address: string) {
    this.#resolver.setServers([address]);
  }

  /**
   * True while an answer has been due for long and none has come meanwhile: it is dead, or was asked only for dead
   * names.
   */
  get isSilent(): boolean {
    return this.#waitingSince !== null && performance.now() - this.#waitingSince > NEXT_SERVER_AFTER_MS;
  }

  async ask(name: string, family: Family): Promise<string[]> {
    this.#waitingSince ??= performance.now();
    this.#open += 1;
    try {
      const addresses = await this.#askUntilAnswered(name, family);
      this.#hasAnswered();
      return addresses;
    } catch (error) {
      if (isAnswer(error)) this.#hasAnswered();
      throw error;
    } finally {
      this.#open -= 1;
    }
  }

  #askUntilAnswered(name: string, family: Family): Promise<string[]> {
    const send = (): Promise<string[]> =>
      family === 4 ? this.#resolver.resolve4(name) : this.#resolver.resolve6(name);
    return new Promise((resolve, reject) => new Question(send, this.#pace, resolve, reject).ask());
  }

  #hasAnswered(): void {
    this.#waitingSince = this.#open > 1 ? performance.now() : null;
  }
}

/** One query to one server, repeated until it is answered or was sent often enough. */
class Question {
  #sent = 0;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly send: () => Promise<string[]>,
    private readonly pace: Pace,
    private readonly resolve: (addresses: string[]) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  ask(): void {
    this.pace.run(() => {
      if (this.#isOver) return;
      this.send().then(
        (addresses) => this.#end(() => this.resolve(addresses)),
        (error: Error) => this.#fail(error),
      );
      const againMs = REPEAT_AFTER_MS[this.#sent];
      this.#sent += 1;
      this.#timer =
        againMs === undefined
          ? setTimeout(() => this.#end(() => this.reject(unanswered())), ANSWER_WITHIN_MS)
          : setTimeout(() => this.ask(), againMs);
    });
  }

  /**
   * c-ares checks its clock once a second: with its timeouts, all waiting queries would give up at the same moment.
   */
  #fail(error: Error): void {
    if (isAnswer(error)) this.#end(() => this.reject(error));
  }

  #end(settle: () => void): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    settle(); // A promise: resolving it again changes nothing.
  }
}

function unanswered(): Error {
  return Object.assign(new Error('no name server answered'), { code: 'ETIMEOUT', syscall: 'query' });
}

export function codeOf(error: unknown): string {
  return error instanceof Error ? String(Reflect.get(error, 'code')) : '';
}

/** True when the servers answered that there is no such name or address, or refused; false when none answered. */
export function isAnswer(error: unknown): boolean {
  return !['ETIMEOUT', 'ECANCELLED'].includes(codeOf(error));
}
