import type { Socket } from 'node:net';
import { AnswerRefusedError } from './answer-refused.error.js';
import { AnswerScanner } from './answer-scanner.js';

/**
 * One connection: every byte passes the {@link AnswerScanner} before undici's parser gets it. Replaces the socket's
 * own `push`, which Node calls for each piece of plaintext, so that no second stream is needed.
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
      // The parser first reads what was within the limits: a received status line says more than the end of its
      // answer.
      setImmediate(() => socket.destroy(new AnswerRefusedError(this.#scanner.breach!)));
      return false;
    };
  }

  /** A request is written now. */
  begin(): void {
    this.#requests += 1;
    this.#scanner.begin();
  }

  /** True when another request used this connection before. */
  get reused(): boolean {
    return this.#requests > 1;
  }

  /** True as long as no byte of an answer to the last request has arrived. */
  get silent(): boolean {
    return this.#scanner.bytes === 0;
  }
}
