import { BreakwaterError } from '../errors/breakwater.error.js';
import { sentenceOf, type StartFault } from './start-fault.js';

/** The process cannot start; its message is one sentence with the cause and the remedy. */
export class StartRefusedError extends BreakwaterError {
  readonly code = 'START_REFUSED';

  constructor(
    readonly fault: StartFault,
    options?: ErrorOptions,
  ) {
    super(sentenceOf(fault), options);
  }
}
