import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config, type EncryptionKey } from '../config/index.js';
import { Database } from '../database/database.service.js';
import { EncryptionKeyWrongError } from './encryption-key-wrong.error.js';
import { MigrationsPendingError } from '../migrations/migrations-pending.error.js';
import { pendingMigrations } from '../migrations/migrate.io.js';
import { checkRights } from '../migrations/rights.io.js';
import { judgeKeys, type KeyCheck, type KeysJudged } from './key-check.js';

/**
 * Refuses to start on a database without its migrations, or with an encryption key other than the one its id was used
 * for.
 */
@Injectable()
export class KeyGuard implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** @throws MigrationsPendingError, EncryptionKeyWrongError */
  async onModuleInit(): Promise<void> {
    const { fresh } = await checkSchemaAndKeys(this.database, this.config.encryptionKeys);
    if (fresh.length === 0) return;
    await this.database.query({ text: KEEP }, [
      fresh.map(({ keyId }) => keyId),
      fresh.map(({ check }) => check),
    ]);
  }
}

const KEEP = `
INSERT INTO encryption_key_checks (key_id, "check") SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT DO NOTHING`;

/**
 * Compares the schema and its policies with the migrations, and the keys with those the database has stored.
 * @throws MigrationsPendingError, StartRefusedError, EncryptionKeyWrongError
 */
export async function checkSchemaAndKeys(
  database: Database,
  keys: readonly EncryptionKey[],
): Promise<KeysJudged> {
  const pending = await pendingMigrations(database.pool).catch(asPending);
  if (pending.length > 0) throw new MigrationsPendingError(pending);
  await checkRights(database.pool, { newest: true });
  const stored = await database.query<KeyCheck>({
    text: 'SELECT key_id AS "keyId", "check" FROM encryption_key_checks',
  });
  const verdict = judgeKeys(keys, stored);
  if (verdict.wrong.length > 0) throw new EncryptionKeyWrongError(verdict.wrong);
  return verdict;
}

/** A server on which no migration ever ran has no role for the processes. */
function asPending(error: Error & { code?: string }): string[] {
  if (error.code === '22023' && error.message.includes('breakwater_service')) return ['all of them'];
  throw error;
}
