import { Injectable } from '@nestjs/common';
import { newId, type Prisma, PrismaService } from '@breakwater/platform';
import { AuditLog } from '../audit/audit-log.service.js';
import type { KeyRow, KeyView } from './key-row.js';
import type { Scope } from './scopes.js';

export interface NewKey {
  name: string;
  prefix: string;
  hash: string;
  scopes: Scope[];
  appId: string | null;
  createdBy: string;
  expiresAt: Date | null;
}

/** Processes that start at the same time create the first admin key one after the other. */
const FIRST_KEY_LOCK = 72_010_002;

const shown = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  appId: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
};

@Injectable()
export class ApiKeyStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly audit: AuditLog,
  ) {}

  async findByHash(hash: string): Promise<KeyRow | null> {
    return (await this.prisma.apiKey.findUnique({ where: { hash } })) as KeyRow | null;
  }

  async findById(id: string): Promise<KeyRow | null> {
    return (await this.prisma.apiKey.findUnique({ where: { id } })) as KeyRow | null;
  }

  /** @returns the key; null where its app does not exist. The app stays locked until the key is stored. */
  async insert(key: NewKey): Promise<KeyView | null> {
    return this.prisma.$transaction(async (tx) => {
      if (key.appId !== null) {
        const apps = await tx.$queryRaw<unknown[]>`SELECT 1 FROM apps WHERE id = ${key.appId} FOR SHARE`;
        if (apps.length === 0) return null;
      }
      return insertKey(tx, key);
    });
  }

  /** @returns whether it was stored now; false where a key with this hash exists */
  async insertOnce(key: NewKey): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      const id = newId();
      const added = await tx.apiKey.createMany({ data: [{ id, ...key }], skipDuplicates: true });
      if (added.count === 0) return false;
      await this.writeDown(tx, { id, ...key });
      return true;
    });
  }

  /** Stores the key unless a valid admin key exists; safe for several processes at once. */
  async insertFirstAdmin(key: NewKey): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_KEY_LOCK}::bigint)`;
      const live = await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM api_keys
        WHERE 'admin' = ANY (scopes) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) LIMIT 1`;
      if (live.length > 0) return false;
      await this.writeDown(tx, await insertKey(tx, key));
      return true;
    });
  }

  /** Newest first: ids sort by the time of their creation. */
  async page(beforeId: string | undefined, limit: number, appId?: string): Promise<KeyView[]> {
    const where = {
      ...(beforeId !== undefined && { id: { lt: beforeId } }),
      ...(appId !== undefined && { appId }),
    };
    const rows = await this.prisma.apiKey.findMany({
      where,
      orderBy: { id: 'desc' },
      take: limit,
      select: shown,
    });
    return rows as KeyView[];
  }

  /** Revokes a key; one that is already revoked keeps its time. @returns whether the key exists */
  async revoke(id: string): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE id = ${id}::uuid`;
    return count === 1;
  }

  /** Stores that a key was used, unless any process did so within the last minute. */
  async touch(id: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE api_keys SET last_used_at = now()
      WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;
  }

  /** These keys were not requested over the API, which records requests in the audit log. */
  private async writeDown(
    tx: Prisma.TransactionClient,
    { id, name, scopes }: Pick<KeyView, 'id' | 'name' | 'scopes'>,
  ): Promise<void> {
    await this.audit.record({ action: 'api_key.create', target: name, detail: { id, scopes } }, tx);
  }
}

async function insertKey(tx: Prisma.TransactionClient, key: NewKey): Promise<KeyView> {
  return (await tx.apiKey.create({ data: { id: newId(), ...key }, select: shown })) as KeyView;
}
