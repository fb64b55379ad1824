import { BreakwaterError } from '../errors/breakwater.error.js';

/** ENCRYPTION_KEYS does not fit what this database was sealed with: the start stops. */
export class EncryptionKeyWrongError extends BreakwaterError {
  readonly code = 'ENCRYPTION_KEY_WRONG';

  constructor(keyIds: readonly string[]) {
    super(
      `ENCRYPTION_KEYS holds another key under the id(s) ${keyIds.join(', ')} than this database was sealed with`,
    );
  }
}
