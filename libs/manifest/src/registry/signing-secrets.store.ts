import { Injectable } from '@nestjs/common';
import { isId, newId, Prisma, PrismaService, SecretBox, SecretDamagedError } from '@breakwater/platform';
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
  | { kind: 'no_endpoint' }
  /** One more would end a promised overlap. */
  | { kind: 'full'; oldestUntil: Date }
  /** The secret is already one of the app's valid ones. */
  | { kind: 'known' };

/** Whose secret it is: an app's, for all its endpoints that have none of their own, or an endpoint's. */
export interface SecretOwner {
  appId: string;
  /** Null: the app's. */
  endpointId: string | null;
}

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
  async rotate(owner: SecretOwner, secret: string, overlapMs: number): Promise<Rotation> {
    const { appId, endpointId } = owner;
    const id = newId();
    const sealed = this.secrets.seal(secret, signingSecretAad(id));
    return this.prisma.$transaction(async (tx): Promise<Rotation> => {
      const locked = await tx.$queryRaw<unknown[]>`SELECT 1 FROM apps WHERE id = ${appId} FOR UPDATE`;
      if (locked.length === 0) return { kind: 'no_app' };
      if (endpointId !== null && !(await isEndpoint(tx, appId, endpointId))) return { kind: 'no_endpoint' };
      const own = await liveSecrets(tx, owner, overlapMs);
      // Until it has secrets of its own, an endpoint is signed for with the app's.
      const isFirst = endpointId !== null && own.length === 0;
      const live = isFirst ? await liveSecrets(tx, { appId, endpointId: null }, overlapMs) : own;
      if (live.some((one) => this.isSame(one, secret))) return { kind: 'known' };
      const oldest = live.at(-1);
      if (oldest && live.length >= LIVE_SECRETS_MAX && overlapMs > 0)
        return { kind: 'full', oldestUntil: oldest.validUntil };
      await tx.$executeRaw`
        DELETE FROM signing_secrets WHERE app_id = ${appId}
          AND endpoint_id IS NOT DISTINCT FROM ${endpointId}::uuid AND (${overlapMs === 0} OR expires_at <= now())`;
      await tx.$executeRaw`
        UPDATE signing_secrets SET expires_at = now() + ${overlapMs}::double precision * interval '1 millisecond'
        WHERE app_id = ${appId} AND endpoint_id IS NOT DISTINCT FROM ${endpointId}::uuid AND expires_at IS NULL`;
      if (isFirst && overlapMs > 0) await this.lend(tx, owner, live);
      await tx.$executeRaw`
        INSERT INTO signing_secrets (id, app_id, endpoint_id, sealed)
        VALUES (${id}::uuid, ${appId}, ${endpointId}::uuid, ${sealed})`;
      const older = overlapMs === 0 ? [] : live;
      return {
        kind: 'rotated',
        older: older.map(({ createdAt, validUntil }) => ({ createdAt, validUntil })),
      };
    }, patient);
  }

  /** The app's secrets sign for the endpoint as long as the overlap lasts: each as a row of the endpoint's own. */
  private async lend(
    tx: Prisma.TransactionClient,
    { appId, endpointId }: SecretOwner,
    secrets: LiveSecret[],
  ): Promise<void> {
    for (const { id: from, sealed: lent, createdAt, validUntil } of secrets) {
      const id = newId();
      const sealed = this.secrets.seal(this.secrets.open(lent, signingSecretAad(from)), signingSecretAad(id));
      await tx.signingSecret.create({
        data: { id, appId, endpointId, sealed, createdAt, expiresAt: validUntil },
      });
    }
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
  { appId, endpointId }: SecretOwner,
  overlapMs: number,
): Promise<LiveSecret[]> {
  return tx.$queryRaw<LiveSecret[]>`
    SELECT id::text, sealed, created_at AS "createdAt",
      COALESCE(expires_at, (now() + ${overlapMs}::double precision * interval '1 millisecond')::timestamptz(3)) AS "validUntil"
    FROM signing_secrets WHERE app_id = ${appId} AND endpoint_id IS NOT DISTINCT FROM ${endpointId}::uuid
      AND (expires_at IS NULL OR expires_at > now())
    ORDER BY 4 DESC, created_at DESC, id DESC`;
}

async function isEndpoint(tx: Prisma.TransactionClient, appId: string, id: string): Promise<boolean> {
  return isId(id) && (await tx.endpoint.count({ where: { id, appId, status: { not: 'removed' } } })) > 0;
}
