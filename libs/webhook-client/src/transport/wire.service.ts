import type { Socket } from 'node:net';
import { AnswerRefusedError } from './answer-refused.error.js';
import { AnswerScanner } from './answer-scanner.js';

/**
 * One connection, watched: every byte passes the {@link AnswerScanner} before undici's parser gets it. Sits in the
 * socket's own `push`, which Node calls for each piece of plaintext it read, so that no second stream is needed.
 */
export class Wire {
  readonly #scanner = new AnswerScanner();
  #requests = 0;

  constructor(readonly socket: Socket) {
    const push = socket.push.bind(socket);
    socket.push = (piece: Buffer | null, encoding?: BufferEncoding): boolean => {
      if (this.#scanner.breach) return false;
      if (piece === null || piece.length === 0) return push(piece, encoding);
      const more = push(this.#scanner.take(piece), encoding);
      if (this.#scanner.breach === null) return more;
      // The parser reads what was in order first: a status line that came says more than how its answer ended.
      setImmediate(() => socket.destroy(new AnswerRefusedError(this.#scanner.breach!)));
      return false;
    };
  }

  /** A request is written now. */
  begin(): void {
    this.#requests += 1;
    this.#scanner.begin();
  }

  /** True when another request went over this connection before. */
  get reused(): boolean {
    return this.#requests > 1;
  }

  /** True as long as no byte of an answer to the last request came. */
  get silent(): boolean {
    return this.#scanner.bytes === 0;
  }
}
