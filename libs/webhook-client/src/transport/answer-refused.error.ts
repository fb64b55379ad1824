import type { Breach } from './answer-scanner.js';

/** The receiver's answer exceeds a limit. Becomes the outcome `protocol`; never leaves this library. */
export class AnswerRefusedError extends Error {
  readonly code: Breach['code'];
  constructor({ code, message }: Breach) {
    super(message);
    this.code = code;
  }
}
