import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, newId, SecretBox } from '@breakwater/platform';
import { generateKeyPair } from '@breakwater/webhook-client';
import type pg from 'pg';
import { platformKeyAad } from '../registry/endpoint-row.js';

/** Maximum number of signatures that a receiver has to check, however often the pair is rotated. */
export const LIVE_KEYS_MAX = 5;

/** A key pair that signs. */
export interface LiveKey {
  id: string;
  /** The private key. */
  sealed: string;
  publicKey: string;
  createdAt: Date;
  /** Until then it signs in addition to the current one; null: it is the current one. */
  retiresAt: Date | null;
}

export type KeyRotation = { kind: 'rotated' } | { kind: 'full'; oldestUntil: Date };

// The current one first: of rotations at once, the last one to commit may have begun first.
const LIVE = `
SELECT id::text, sealed, public_key AS "publicKey", created_at AS "createdAt", retires_at AS "retiresAt"
FROM platform_keys WHERE retires_at IS NULL OR retires_at > now()
ORDER BY retires_at DESC NULLS FIRST, created_at DESC, id DESC`;

const ADD = `
INSERT INTO platform_keys (id, sealed, public_key) VALUES ($1, $2, $3)
ON CONFLICT ((retires_at IS NULL)) WHERE retires_at IS NULL DO NOTHING`;

/** The key pairs of the installation. */
@Injectable()
export class PlatformKeysStore {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** The pairs that sign now, newest first. Creates the first pair if there is none: only one of several processes does. */
  async live(): Promise<LiveKey[]> {
    const keys = await this.database.query<LiveKey>({ text: LIVE });
    if (keys.some(({ retiresAt }) => retiresAt === null)) return keys;
    await this.database.query({ text: ADD }, this.newPair());
    return this.database.query<LiveKey>({ text: LIVE });
  }

  /** Adds a pair as the current one; the previous one ends in `overlapMs`. An overlap of 0 ends all others. */
  async rotate(overlapMs: number): Promise<KeyRotation> {
    return this.database.transaction(async (client): Promise<KeyRotation> => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('platform_keys', 0))`);
      const oldest = overlapMs === 0 ? undefined : await fifthLive(client, overlapMs);
      if (oldest) return { kind: 'full', oldestUntil: oldest };
      await client.query('DELETE FROM platform_keys WHERE $1 OR retires_at <= now()', [overlapMs === 0]);
      await client.query(
        `UPDATE platform_keys SET retires_at = now() + $1 * interval '1 millisecond' WHERE retires_at IS NULL`,
        [overlapMs],
      );
      await client.query(ADD, this.newPair());
      return { kind: 'rotated' };
    });
  }

  /** Decrypts the private key of a pair. @throws SecretDamagedError */
  open({ id, sealed }: Pick<LiveKey, 'id' | 'sealed'>): string {
    return this.secrets.open(sealed, platformKeyAad(id));
  }

  /** Id, sealed private key, public key. */
  private newPair(): [string, string, string] {
    const id = newId();
    const { privateKey, publicKey } = generateKeyPair(randomBytes);
    return [id, this.secrets.seal(privateKey, platformKeyAad(id)), publicKey];
  }
}

/** When the first of the live pairs ends, if there are already as many as allowed. */
async function fifthLive(client: pg.PoolClient, overlapMs: number): Promise<Date | undefined> {
  const { rows } = await client.query<{ until: Date }>(
    `SELECT COALESCE(retires_at, (now() + $1 * interval '1 millisecond')::timestamptz(3)) AS until
     FROM platform_keys WHERE retires_at IS NULL OR retires_at > now() ORDER BY 1 DESC OFFSET $2 LIMIT 1`,
    [overlapMs, LIVE_KEYS_MAX - 1],
  );
  return rows[0]?.until;
}
