import { Injectable } from '@nestjs/common';
import { Database, SecretDamagedError } from '@breakwater/platform';
import type pg from 'pg';
import {
  clientCertificateAad,
  headersAad,
  manifestHeaderAad,
  platformKeyAad,
  signingSecretAad,
  sourceKeyAad,
  sourceSecretAad,
} from '../registry/endpoint-row.js';
import { withHeaderValues } from '../registry/header-vault.js';

/** Seals a sealed value with the current key; throws what SecretBox throws. */
export type Reseal = (sealed: string, aad: string) => string;

export interface SealedCount {
  keyId: string;
  secrets: number;
  headers: number;
  manifests: number;
  /** Private keys of the platform and of client certificates, and the keys in the addresses of sources. */
  keys: number;
}

export interface Resealed {
  resealed: number;
  /** Records that cannot be opened: not changed. */
  damaged: string[];
}

interface Row {
  /** Names the record in messages and in the list of damaged records. */
  record: string;
  sealed: unknown;
}

/** A column with sealed values: how to find those of other keys, and how to write a new one. */
interface Place {
  /** $1: prefix of a current value, $2: records to leave out, $3: how many. */
  find: string;
  /** $1: records, $2: new values. */
  put: string;
  change(row: Row, reseal: Reseal): string;
}

const PLACES: readonly Place[] = [
  {
    find: `SELECT id::text AS record, sealed FROM signing_secrets
      WHERE NOT starts_with(sealed, $1) AND id::text <> ALL ($2::text[]) ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED`,
    put: `UPDATE signing_secrets s SET sealed = g.sealed FROM unnest($1::text[], $2::text[]) AS g(record, sealed)
      WHERE s.id = g.record::uuid`,
    change: ({ record, sealed }, reseal) => reseal(sealed as string, signingSecretAad(record)),
  },
  {
    find: `SELECT fingerprint || ':' || app_id AS record, sealed FROM client_certificates
      WHERE NOT starts_with(sealed, $1) AND fingerprint || ':' || app_id <> ALL ($2::text[])
      ORDER BY app_id LIMIT $3 FOR UPDATE SKIP LOCKED`,
    put: `UPDATE client_certificates c SET sealed = g.sealed FROM unnest($1::text[], $2::text[]) AS g(record, sealed)
      WHERE c.fingerprint || ':' || c.app_id = g.record`,
    change: ({ record, sealed }, reseal) => {
      const [, fingerprint, appId] = /^([^:]*):(.*)$/.exec(record)!;
      return reseal(sealed as string, clientCertificateAad(appId!, fingerprint!));
    },
  },
  {
    find: `SELECT id::text AS record, sealed FROM platform_keys
      WHERE NOT starts_with(sealed, $1) AND id::text <> ALL ($2::text[]) ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED`,
    put: `UPDATE platform_keys k SET sealed = g.sealed FROM unnest($1::text[], $2::text[]) AS g(record, sealed)
      WHERE k.id = g.record::uuid`,
    change: ({ record, sealed }, reseal) => reseal(sealed as string, platformKeyAad(record)),
  },
  {
    find: `SELECT id::text AS record, sealed FROM source_secrets
      WHERE NOT starts_with(sealed, $1) AND id::text <> ALL ($2::text[]) ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED`,
    put: `UPDATE source_secrets s SET sealed = g.sealed FROM unnest($1::text[], $2::text[]) AS g(record, sealed)
      WHERE s.id = g.record::uuid`,
    change: ({ record, sealed }, reseal) => reseal(sealed as string, sourceSecretAad(record)),
  },
  {
    find: `SELECT hash::text AS record, sealed FROM source_keys
      WHERE NOT starts_with(sealed, $1) AND hash::text <> ALL ($2::text[]) ORDER BY hash LIMIT $3 FOR UPDATE SKIP LOCKED`,
    put: `UPDATE source_keys k SET sealed = g.sealed FROM unnest($1::text[], $2::text[]) AS g(record, sealed)
      WHERE k.hash = g.record`,
    change: ({ record, sealed }, reseal) => reseal(sealed as string, sourceKeyAad(record)),
  },
  {
    // Claims lock the same rows: so they wait for one batch at most.
    find: `SELECT id::text AS record, headers_sealed AS sealed FROM endpoints
      WHERE headers_sealed IS NOT NULL AND NOT starts_with(headers_sealed, $1) AND id::text <> ALL ($2::text[])
      ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`,
    put: `UPDATE endpoints e SET headers_sealed = g.sealed FROM unnest($1::text[], $2::text[]) AS g(record, sealed)
      WHERE e.id = g.record::uuid`,
    change: ({ record, sealed }, reseal) => reseal(sealed as string, headersAad(record)),
  },
  {
    find: `SELECT app_id || ':' || version AS record, document AS sealed FROM manifest_versions
      WHERE EXISTS (SELECT 1 FROM jsonb_path_query(document, '$.*.*.headers.*') AS header(sealed)
        WHERE NOT starts_with(header.sealed #>> '{}', $1)) AND app_id || ':' || version <> ALL ($2::text[])
      ORDER BY app_id, version LIMIT $3 FOR UPDATE SKIP LOCKED`,
    put: `UPDATE manifest_versions m SET document = g.sealed::jsonb
      FROM unnest($1::text[], $2::text[]) AS g(record, sealed) WHERE m.app_id || ':' || m.version = g.record`,
    change: ({ record, sealed }, reseal) => {
      const [, appId, version] = /^(.*):(\d+)$/.exec(record)!;
      return JSON.stringify(
        withHeaderValues(sealed, (value, capability, header) =>
          reseal(value, manifestHeaderAad(appId!, Number(version), capability, header)),
        ),
      );
    },
  },
];

const COUNT = `
SELECT split_part(sealed, '.', 2) AS "keyId", count(*) FILTER (WHERE place = 'secret') AS secrets,
  count(*) FILTER (WHERE place = 'header') AS headers, count(*) FILTER (WHERE place = 'manifest') AS manifests,
  count(*) FILTER (WHERE place = 'key') AS keys
FROM (
  SELECT 'secret' AS place, sealed FROM signing_secrets
  UNION ALL SELECT 'secret', sealed FROM source_secrets
  UNION ALL SELECT 'key', sealed FROM source_keys
  UNION ALL SELECT 'key', sealed FROM platform_keys
  UNION ALL SELECT 'key', sealed FROM client_certificates
  UNION ALL SELECT 'header', headers_sealed FROM endpoints WHERE headers_sealed IS NOT NULL
  UNION ALL SELECT 'manifest', header.sealed #>> '{}' FROM manifest_versions,
    jsonb_path_query(document, '$.*.*.headers.*') AS header(sealed)
) AS record GROUP BY 1 ORDER BY 1`;

/** All values in the database that are sealed with an encryption key. */
@Injectable()
export class ResealStore {
  constructor(private readonly database: Database) {}

  /** How many records each key seals. */
  async count(): Promise<SealedCount[]> {
    return this.database.upkeep<SealedCount>(COUNT); // This reads every manifest.
  }

  /**
   * Seals one batch of each place again, each in a transaction of its own, so that finished batches stay.
   * @param current prefix of a record of the current key
   */
  async resealSome(current: string, skip: string[], limit: number, reseal: Reseal): Promise<Resealed> {
    const total: Resealed = { resealed: 0, damaged: [] };
    for (const place of PLACES) {
      const { resealed, damaged } = await this.database.transaction((client) =>
        resealBatch(client, place, [current, skip, limit], reseal),
      );
      total.resealed += resealed;
      total.damaged.push(...damaged);
    }
    return total;
  }

  /** Forgets keys that are no longer configured and seal no record. */
  async forgetKeys(configured: string[], holding: string[]): Promise<void> {
    await this.database.query(
      {
        text: 'DELETE FROM encryption_key_checks WHERE key_id <> ALL ($1::text[]) AND key_id <> ALL ($2::text[])',
      },
      [configured, holding],
    );
  }
}

async function resealBatch(
  client: pg.PoolClient,
  place: Place,
  values: unknown[],
  reseal: Reseal,
): Promise<Resealed> {
  const { rows } = await client.query<Row>(place.find, values);
  const damaged: string[] = [];
  const done = rows.flatMap((row) => {
    try {
      return [{ record: row.record, sealed: place.change(row, reseal) }];
    } catch (error) {
      if (!(error instanceof SecretDamagedError)) throw error;
      damaged.push(row.record);
      return [];
    }
  });
  await client.query(place.put, [done.map(({ record }) => record), done.map(({ sealed }) => sealed)]);
  return { resealed: done.length, damaged };
}
