import { BreakwaterError } from '../errors/breakwater.error.js';

/** A missing key, and how many stored records were sealed with it. */
export interface MissingKey {
  keyId: string;
  records: number;
}

/** ENCRYPTION_KEYS lacks a key that stored records were sealed with: the process does not start. */
export class EncryptionKeyMissingError extends BreakwaterError {
  readonly code = 'ENCRYPTION_KEY_MISSING';

  /** @param keptIn the file that holds the key, where that is known */
  constructor(missing: readonly MissingKey[], keptIn?: string) {
    const ids = missing.map(({ keyId }) => keyId).join(',');
    const which = missing.map(({ keyId, records }) => `"${keyId}" (${records} stored secrets)`).join(', ');
    const remedy = keptIn
      ? `it is in ${keptIn}: take ENCRYPTION_KEYS out of .env and the environment, or put the line of that file behind your key (ENCRYPTION_KEYS=yours,${missing[0]!.keyId}:…)`
      : `put it behind the current one (ENCRYPTION_KEYS=current,${missing[0]!.keyId}:…); a key that \`npm start\` made is in BREAKWATER_DATA_DIR/encryption-keys; if it is lost for good, set ENCRYPTION_KEYS_LOST=${ids} and give the apps new secrets`;
    super(`ENCRYPTION_KEYS lacks the key ${which} that this database was sealed with; ${remedy}`);
  }
}
