import { Injectable } from '@nestjs/common';
import { newId, Prisma, PrismaService, SecretBox, SecretDamagedError } from '@breakwater/platform';
import { signingSecretAad } from './endpoint-row.js';

/** Most signatures that a receiver has to check, however often a secret is rotated. */
export const LIVE_SECRETS_MAX = 5;

export interface OlderSecret {
  createdAt: Date;
  /** Until then it signs beside the newest one. */
  validUntil: Date;
}

export type Rotation =
  | { kind: 'rotated'; older: OlderSecret[] }
  | { kind: 'no_app' }
  /** One more would end a promised overlap. */
  | { kind: 'full'; oldestUntil: Date }
  /** The secret is already one of the app's valid ones. */
  | { kind: 'known' };

interface LiveSecret {
  id: string;
  sealed: string;
  createdAt: Date;
  validUntil: Date;
}

const patient = { maxWait: 10_000, timeout: 20_000 };

/** The secrets that sign an app's webhooks. */
@Injectable()
export class SigningSecretsStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Adds a secret as the newest. The previous one expires in `overlapMs`, older ones at their promised time; an
   * overlap of 0 ends them all.
   */
  async rotate(appId: string, secret: string, overlapMs: number): Promise<Rotation> {
    const id = newId();
    const sealed = this.secrets.seal(secret, signingSecretAad(id));
    return this.prisma.$transaction(async (tx): Promise<Rotation> => {
      const locked = await tx.$queryRaw<unknown[]>`SELECT 1 FROM apps WHERE id = ${appId} FOR UPDATE`;
      if (locked.length === 0) return { kind: 'no_app' };
      const live = await liveSecrets(tx, appId, overlapMs);
      if (live.some((one) => this.isSame(one, secret))) return { kind: 'known' };
      const oldest = live.at(-1);
      if (oldest && live.length >= LIVE_SECRETS_MAX && overlapMs > 0)
        return { kind: 'full', oldestUntil: oldest.validUntil };
      await tx.$executeRaw`
        DELETE FROM signing_secrets WHERE app_id = ${appId} AND (${overlapMs === 0} OR expires_at <= now())`;
      await tx.$executeRaw`
        UPDATE signing_secrets SET expires_at = now() + ${overlapMs}::double precision * interval '1 millisecond'
        WHERE app_id = ${appId} AND expires_at IS NULL`;
      await tx.$executeRaw`INSERT INTO signing_secrets (id, app_id, sealed) VALUES (${id}::uuid, ${appId}, ${sealed})`;
      const older = overlapMs === 0 ? [] : live;
      return {
        kind: 'rotated',
        older: older.map(({ createdAt, validUntil }) => ({ createdAt, validUntil })),
      };
    }, patient);
  }

  private isSame({ id, sealed }: LiveSecret, secret: string): boolean {
    try {
      return this.secrets.open(sealed, signingSecretAad(id)) === secret;
    } catch (error) {
      if (error instanceof SecretDamagedError) return false;
      throw error;
    }
  }
}

/** The secrets that sign now, and when each would expire beside one more; the one that expires first is the last. */
async function liveSecrets(
  tx: Prisma.TransactionClient,
  appId: string,
  overlapMs: number,
): Promise<LiveSecret[]> {
  return tx.$queryRaw<LiveSecret[]>`
    SELECT id::text, sealed, created_at AS "createdAt",
      COALESCE(expires_at, (now() + ${overlapMs}::double precision * interval '1 millisecond')::timestamptz(3)) AS "validUntil"
    FROM signing_secrets WHERE app_id = ${appId} AND (expires_at IS NULL OR expires_at > now())
    ORDER BY 4 DESC, created_at DESC, id DESC`;
}
