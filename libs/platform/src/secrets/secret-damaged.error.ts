import { BreakwaterError } from '../errors/breakwater.error.js';

/** A sealed secret cannot be read. The message never holds any of its content. */
export class SecretDamagedError extends BreakwaterError {
  readonly code = 'SECRET_DAMAGED';
}
