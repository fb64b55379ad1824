import { BreakwaterError } from '../errors/breakwater.error.js';

/** ENCRYPTION_KEYS does not fit what this database was sealed with: the start stops. */
export class EncryptionKeyWrongError extends BreakwaterError {
  readonly code = 'ENCRYPTION_KEY_WRONG';

  /** @param keptIn the file that holds the first key, where that is known */
  constructor(
    readonly keyIds: readonly string[],
    keptIn?: string,
  ) {
    const where = keptIn ? `the first one is in ${keptIn}` : 'put the first one back';
    super(
      `ENCRYPTION_KEYS holds another key under the id(s) ${keyIds.join(', ')} than this database was sealed with; ${where}, and a new key needs an id of its own`,
    );
  }
}
