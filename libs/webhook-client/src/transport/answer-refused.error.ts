import type { Breach } from './answer-scanner.js';

/** The receiver's answer costs more than it may. Becomes outcome `protocol`, never leaves this library. */
export class AnswerRefusedError extends Error {
  readonly code: Breach['code'];
  constructor({ code, message }: Breach) {
    super(message);
    this.code = code;
  }
}
