import { Injectable } from '@nestjs/common';
import {
  boundsOf,
  checkSchemaAndKeys,
  Config,
  Database,
  EncryptionKeyMissingError,
  EncryptionKeyWrongError,
  type MissingKey,
} from '@breakwater/platform';
import { missingKeys } from './missing-keys.js';
import { ResealStore } from './reseal.store.js';

/** A file with keys, for messages that say where a key is. */
export interface KeptKeys {
  file: string;
  ids: readonly string[];
}

/** The encryption keys that stored records need. */
@Injectable()
export class StoredKeys {
  private readonly store: ResealStore;

  constructor(
    database: Database,
    private readonly config: Config,
  ) {
    this.store = new ResealStore(database);
  }

  /** Keys that sealed stored records and that this process lacks. */
  async missing(): Promise<MissingKey[]> {
    const atHand = this.config.encryptionKeys.map(({ id }) => id);
    return missingKeys(await this.store.count(), atHand);
  }
}

/**
 * Checks at a start that the configured keys open what is stored, before anything is sealed with them.
 * @throws MigrationsPendingError, EncryptionKeyWrongError, EncryptionKeyMissingError
 */
export async function checkStoredKeys(config: Config, kept?: KeptKeys): Promise<void> {
  const database = new Database({
    url: config.database.url,
    sessionUrl: config.database.sessionUrl,
    poolMax: 2,
    bounds: boundsOf(config.database),
    applicationName: 'breakwater-start',
  });
  const keptIn = (id: string): string | undefined => (kept?.ids.includes(id) ? kept.file : undefined);
  try {
    await checkSchemaAndKeys(database, config.encryptionKeys);
    const missing = (await new StoredKeys(database, config).missing()).filter(
      ({ keyId }) => !config.lostKeyIds.includes(keyId),
    );
    if (missing.length > 0) throw new EncryptionKeyMissingError(missing, keptIn(missing[0]!.keyId));
  } catch (error) {
    if (error instanceof EncryptionKeyWrongError)
      throw new EncryptionKeyWrongError(error.keyIds, keptIn(error.keyIds[0]!));
    throw error;
  } finally {
    await database.onApplicationShutdown();
  }
}
