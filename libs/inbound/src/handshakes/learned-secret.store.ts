import { Injectable } from '@nestjs/common';
import { sourceSecretAad } from '@breakwater/manifest';
import { Database, newId, SecretBox } from '@breakwater/platform';

// Index: sources_pkey. Other challenges of the source wait.
const LOCK = 'SELECT 1 FROM sources WHERE id = $1::uuid AND removed_at IS NULL FOR UPDATE';

// Index: source_secrets_source_id_idx.
const LEARN = `
INSERT INTO source_secrets (id, source_id, sealed)
SELECT $2::uuid, $1::uuid, $3 WHERE NOT EXISTS (
  SELECT 1 FROM source_secrets s WHERE s.source_id = $1::uuid AND (s.expires_at IS NULL OR s.expires_at > now()))
RETURNING id`;

/** Stores the secret that a provider sends with its challenge. */
@Injectable()
export class LearnedSecretStore {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** @returns false if the source has a secret, or was deleted */
  async learn(sourceId: string, secret: string): Promise<boolean> {
    const id = newId();
    const sealed = this.secrets.seal(secret, sourceSecretAad(id));
    return this.database.transaction(async (client) => {
      const found = await client.query(LOCK, [sourceId]);
      if (found.rowCount !== 1) return false;
      return (await client.query(LEARN, [sourceId, id, sealed])).rowCount === 1;
    });
  }
}
