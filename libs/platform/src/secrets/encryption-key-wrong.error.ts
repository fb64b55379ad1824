import { BreakwaterError } from '../errors/breakwater.error.js';

/** ENCRYPTION_KEYS does not match the keys that this database was sealed with: the process does not start. */
export class EncryptionKeyWrongError extends BreakwaterError {
  readonly code = 'ENCRYPTION_KEY_WRONG';

  /** @param keptIn the file that holds the first key, where that is known */
  constructor(
    readonly keyIds: readonly string[],
    keptIn?: string,
  ) {
    const where = keptIn ? `the first one is in ${keptIn}` : 'put the first one back';
    super(
      `ENCRYPTION_KEYS holds another key under the id(s) ${keyIds.join(', ')} than the one this database was sealed with; ${where}, and give a new key an id of its own`,
    );
  }
}
