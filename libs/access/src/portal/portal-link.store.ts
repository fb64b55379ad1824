import { Injectable } from '@nestjs/common';
import { newId, PrismaService } from '@breakwater/platform';
import type { PortalCapability } from './portal-capabilities.js';
import type { PortalLinkRow, PortalLinkView } from './portal-link.js';

export interface NewPortalLink {
  appId: string;
  hash: string;
  capabilities: PortalCapability[];
  note: string | null;
  createdBy: string;
  expiresInS: number;
}

type Stored = Omit<PortalLinkView, 'state'>;

const shown = {
  id: true,
  appId: true,
  capabilities: true,
  note: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
};

@Injectable()
export class PortalLinkStore {
  constructor(private readonly prisma: PrismaService) {}

  async findByHash(hash: string): Promise<PortalLinkRow | null> {
    return (await this.prisma.portalLink.findUnique({ where: { hash } })) as PortalLinkRow | null;
  }

  /** @returns the link; null where its app does not exist */
  async insert(link: NewPortalLink): Promise<Stored | null> {
    const id = newId();
    const count = await this.prisma.$executeRaw`
      INSERT INTO portal_links (id, app_id, hash, capabilities, note, created_by, expires_at)
      SELECT ${id}::uuid, app.id, ${link.hash}, ${link.capabilities}, ${link.note}, ${link.createdBy},
        now() + make_interval(secs => ${link.expiresInS}::integer)
      FROM apps app WHERE app.id = ${link.appId} FOR KEY SHARE`;
    if (count === 0) return null;
    return (await this.prisma.portalLink.findUnique({ where: { id }, select: shown })) as Stored | null;
  }

  /** Newest first; null where the app does not exist. Index: portal_links_app_id_id_idx */
  async page(appId: string, beforeId: string | undefined, limit: number): Promise<Stored[] | null> {
    if ((await this.prisma.app.count({ where: { id: appId } })) === 0) return null;
    const rows = await this.prisma.portalLink.findMany({
      where: { appId, ...(beforeId !== undefined && { id: { lt: beforeId } }) },
      orderBy: { id: 'desc' },
      take: limit,
      select: shown,
    });
    return rows as Stored[];
  }

  /** One that is already revoked keeps its time. @returns whether the app has such a link */
  async revoke(appId: string, id: string): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE portal_links SET revoked_at = COALESCE(revoked_at, now())
      WHERE id = ${id}::uuid AND app_id = ${appId}`;
    return count === 1;
  }

  /** Stores that a link was used, unless any process did so within the last minute. */
  async touch(id: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE portal_links SET last_used_at = now()
      WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;
  }
}
