import { Resolver } from 'node:dns/promises';
import { Pace } from './pace.js';

/** Milliseconds after which a question is sent again while no answer came. */
const REPEAT_AFTER_MS = [1000, 2000, 3000];
/** Most milliseconds that c-ares waits for one answer; it waits less for a server that has been fast. */
const ANSWER_WITHIN_MS = 4000;
/** Questions that leave at once: a socket's buffer holds some two hundred, and what it does not hold is lost. */
const QUESTIONS_AT_ONCE = 64;
/** Milliseconds between two lots of them. */
const BEAT_MS = 5;
/** Milliseconds that a server has a question for itself before the next one gets it too. */
const NEXT_SERVER_AFTER_MS = 1000;
/** Codes of answers that are final: the name, or this kind of address, does not exist. */
const FINAL = new Set(['ENOTFOUND', 'ENODATA']);

export type Family = 4 | 6;

/**
 * Name servers in the order of preference. Questions go over sockets of our own (c-ares), any number at once, and
 * none waits for another: neither in libuv's pool, which takes two getaddrinfo at a time and cannot let go of one, nor
 * by c-ares' failover, which would judge a server by the names that it does not answer.
 */
export class NameServers {
  readonly #servers: readonly NameServer[];

  constructor(addresses: readonly string[]) {
    this.#servers = addresses.map((address) => new NameServer(address));
  }

  /**
   * The addresses of one family, never empty. Rejects with a DNS error code: `ENOTFOUND`, `ENODATA`, or what the last
   * server failed with.
   */
  ask(name: string, family: Family): Promise<string[]> {
    if (this.#servers.length === 1) return this.#servers[0]!.ask(name, family);
    return new Promise((resolve, reject) => new Round(this.#servers, name, family, resolve, reject).next());
  }
}

/** One question, asked of one server after another until one answers. */
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
    // A server that may be dead is not waited for: the next one gets the question at the same time.
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
    settle(); // of a promise: a second time changes nothing
  }
}

class NameServer {
  /** Sends each question once: c-ares would repeat all that are due in one burst, in which those of others are lost. */
  readonly #resolver = new Resolver({ timeout: ANSWER_WITHIN_MS, tries: 1 });
  readonly #pace = new Pace(QUESTIONS_AT_ONCE, (beat) => void setTimeout(beat, BEAT_MS));
  /** When the first of the questions was asked that came since its last answer; null when it answered all. */
  #waitingSince: number | null = null;
  #open = 0;

  constructor(address: string) {
    this.#resolver.setServers([address]);
  }

  /** True while it owes an answer for long and has given none meanwhile: dead, or asked for dead names only. */
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

/** One question to one server, sent again until it is answered or has been sent often enough. */
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

  /** c-ares looks at its clock once a second: were its word taken, all who wait for an answer would give up at once. */
  #fail(error: Error): void {
    if (isAnswer(error)) this.#end(() => this.reject(error));
  }

  #end(settle: () => void): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    settle(); // of a promise: a second time changes nothing
  }
}

function unanswered(): Error {
  return Object.assign(new Error('no name server answered'), { code: 'ETIMEOUT', syscall: 'query' });
}

export function codeOf(error: unknown): string {
  return error instanceof Error ? String(Reflect.get(error, 'code')) : '';
}

/** True when the servers answered that there is no such name or address, or would not answer; false when none did. */
export function isAnswer(error: unknown): boolean {
  return !['ETIMEOUT', 'ECANCELLED'].includes(codeOf(error));
}
