import { Injectable } from '@nestjs/common';
import { sourceSecretAad } from '@breakwater/manifest';
import { Database, SecretBox, SecretDamagedError } from '@breakwater/platform';
import { PRESETS } from '../presets/index.js';
import { resolveSource, type OpenedSecrets, type SourceRecord } from './resolve-source.js';
import type { ResolvedSource } from './source.js';

interface SecretRecord {
  id: string;
  sealed: string;
  isLive: boolean;
}

// Expired secrets are read for a week, to explain refusals. Indexes: source_keys_pkey, sources_pkey,
// source_secrets_source_id_idx.
const BY_KEY = `
SELECT s.id, s.app_id AS "appId", s.name, s.verification, s.answer, s.dedupe, s.paused_at IS NOT NULL AS "isPaused",
  k.expires_at AS "keyExpiresAt",
  (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', x.id, 'sealed', x.sealed,
      'isLive', x.expires_at IS NULL OR x.expires_at > now()) ORDER BY x.created_at DESC, x.id DESC), '[]'::jsonb)
    FROM source_secrets x
    WHERE x.source_id = s.id AND (x.expires_at IS NULL OR x.expires_at > now() - interval '7 days')) AS secrets
FROM source_keys k JOIN sources s ON s.id = k.source_id
WHERE k.hash = $1 AND (k.expires_at IS NULL OR k.expires_at > now()) AND s.removed_at IS NULL`;

/** Reads a source with its secrets opened. */
@Injectable()
export class ResolvedSourceStore {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** @returns null if there is no such key, it has expired, or its source was deleted */
  async byKeyHash(hash: string): Promise<ResolvedSource | null> {
    const [row] = await this.database.query<SourceRecord & { secrets: SecretRecord[] }>(
      { name: 'source-by-key', text: BY_KEY },
      [hash],
    );
    if (!row) return null;
    const { secrets, ...record } = row;
    return resolveSource(record, this.open(secrets), (name) => PRESETS.get(name) ?? null);
  }

  private open(records: readonly SecretRecord[]): OpenedSecrets {
    const secrets: string[] = [];
    const expiredSecrets: string[] = [];
    let problem: string | null = null;
    for (const { id, sealed, isLive } of records) {
      try {
        (isLive ? secrets : expiredSecrets).push(this.secrets.open(sealed, sourceSecretAad(id)));
      } catch (error) {
        if (!(error instanceof SecretDamagedError)) throw error;
        if (isLive) problem = error.message;
      }
    }
    return { secrets, expiredSecrets, problem };
  }
}
