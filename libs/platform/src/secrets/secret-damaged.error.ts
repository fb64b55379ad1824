import { BreakwaterError } from '../errors/breakwater.error.js';

/** A sealed secret cannot be read. The message never contains any part of it. */
export class SecretDamagedError extends BreakwaterError {
  readonly code = 'SECRET_DAMAGED';
}
