import { Injectable } from '@nestjs/common';
import { Prisma, PrismaService } from '@breakwater/platform';
import type { StaticValues } from '../grammar/static-values.js';
import { MASKED_HEADER, withHeaderValues } from './header-vault.js';
import type { AppUpdate } from './app-update.js';

/** What is shown of an app to everyone who may see it. */
export interface AppView {
  id: string;
  name: string;
  ownerEmail: string;
  baseUrl: string;
  healthPath: string;
  health: boolean;
  status: string;
  disabledReason: string | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  pausedByPlatform: boolean;
  webhookTimeouts: Record<string, number>;
  signatures: string[];
  portalOrigins: string[];
  manifestVersion: number;
  /** Whether it is of the demo of `npm start`. */
  demo: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface ManifestVersionSummary {
  version: number;
  digest: string;
  createdBy: string;
  createdAt: Date;
}

export interface ManifestVersionView extends ManifestVersionSummary {
  /** As it was sent, header values masked. */
  document: object;
  /** The text of each fallback's value as it was sent, by capability. */
  staticValues: StaticValues;
}

const summary = { version: true, digest: true, createdBy: true, createdAt: true };
const patient = { maxWait: 10_000, timeout: 20_000 };

@Injectable()
export class AppStore {
  constructor(private readonly prisma: PrismaService) {}

  async page(afterId: string | undefined, limit: number): Promise<AppView[]> {
    const where = afterId === undefined ? {} : { id: { gt: afterId } };
    const rows = await this.prisma.app.findMany({ where, orderBy: { id: 'asc' }, take: limit });
    return rows as unknown as AppView[];
  }

  /** @param as the app whose key is used; null is the platform itself */
  async get(id: string, as: string | null = null): Promise<AppView | null> {
    return (await this.prisma.as(as, (db) => db.app.findUnique({ where: { id } }))) as AppView | null;
  }

  /** The app's capabilities, and whether each is async. */
  async capabilities(appId: string): Promise<Map<string, boolean>> {
    const rows = await this.prisma.endpoint.findMany({
      where: { appId, kind: 'capability', status: { not: 'removed' } },
      select: { capability: true, async: true },
    });
    return new Map(rows.map((row) => [row.capability, row.async]));
  }

  /** Includes removed capabilities: their history still exists. */
  async hasCapability(appId: string, capability: string): Promise<boolean> {
    return (await this.prisma.endpoint.count({ where: { appId, capability, kind: 'capability' } })) > 0;
  }

  /** @returns whether the app exists */
  async update(
    id: string,
    { status, disabledReason, webhookTimeouts, signatures, portalOrigins }: AppUpdate,
  ): Promise<boolean> {
    const { count } = await this.prisma.app.updateMany({
      where: { id },
      data: {
        ...(status && { status, disabledReason: disabledReason ?? null }),
        ...(webhookTimeouts && { webhookTimeouts }),
        ...(signatures && { signatures: signatures.toSorted() }),
        ...(portalOrigins && { portalOrigins }),
        updatedAt: new Date(),
      },
    });
    return count === 1;
  }

  async versions(
    appId: string,
    before: number | undefined,
    limit: number,
  ): Promise<ManifestVersionSummary[]> {
    const where = { appId, ...(before !== undefined && { version: { lt: before } }) };
    return this.prisma.manifestVersion.findMany({
      where,
      orderBy: { version: 'desc' },
      take: limit,
      select: summary,
    });
  }

  async version(appId: string, version: number): Promise<ManifestVersionView | null> {
    const row = await this.prisma.manifestVersion.findUnique({
      where: { appId_version: { appId, version } },
      select: { ...summary, document: true, staticValues: true },
    });
    if (row === null) return null;
    const document = withHeaderValues(row.document, () => MASKED_HEADER);
    return { ...row, document, staticValues: row.staticValues as StaticValues };
  }

  /**
   * Deletes an app with its manifests, endpoints and secrets, and revokes its keys, so that the next owner of its id
   * finds nothing of it. Deliveries and attempts are kept as history.
   * @returns pending deliveries that were cancelled, or that prevent the deletion when not forced; null: no such app
   */
  async delete(appId: string, force: boolean): Promise<{ pending: number; deleted: boolean } | null> {
    return this.prisma.$transaction(async (tx) => {
      if (!(await lockApp(tx, appId))) return null;
      const pending = force
        ? await cancelPending(tx, appId)
        : await tx.delivery.count({ where: { appId, status: 'pending' } });
      if (pending > 0 && !force) return { pending, deleted: false };
      await tx.$executeRaw`UPDATE api_keys SET revoked_at = now() WHERE app_id = ${appId} AND revoked_at IS NULL`;
      await tx.lastAnswer.deleteMany({ where: { appId } });
      await tx.appHealthDay.deleteMany({ where: { appId } });
      await tx.app.delete({ where: { id: appId } });
      return { pending, deleted: true };
    }, patient);
  }
}

async function lockApp(tx: Prisma.TransactionClient, appId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM apps WHERE id = ${appId} FOR UPDATE`;
  return rows.length === 1;
}

/** A worker with a claim on one of them finds that its token is gone, and its result changes nothing. */
async function cancelPending(tx: Prisma.TransactionClient, appId: string): Promise<number> {
  return tx.$executeRaw`
    UPDATE deliveries SET status = 'cancelled', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL,
      claim_token = NULL, claimed_until = NULL, claimed_at = NULL
    WHERE app_id = ${appId} AND status = 'pending'`;
}
