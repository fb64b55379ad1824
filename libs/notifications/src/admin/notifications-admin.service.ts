import { Injectable } from '@nestjs/common';
import { isId, PrismaService, type Prisma } from '@breakwater/platform';
import { NotificationNotFoundError } from './notification-not-found.error.js';
import { fromCursor, toCursor } from './page-cursor.js';

export interface NotificationFilter {
  channel?: string;
  kind?: string;
  appId?: string;
  /** pending, sent or failed. */
  status?: string;
  cursor?: string;
  /** 1 to 200, 50 when left out. */
  limit?: number;
}

export type NotificationView = Omit<Prisma.NotificationGetPayload<object>, 'dedupeKey' | 'lockedUntil'>;
/** In a list the bodies are left out. */
export type NotificationSummary = Omit<NotificationView, 'text' | 'html'>;

export interface NotificationPage {
  items: NotificationSummary[];
  /** Where the next page starts; null on the last. */
  nextCursor: string | null;
}

const internal = { dedupeKey: true, lockedUntil: true } as const;

/** What was told to whom, and what could not be. */
@Injectable()
export class NotificationsAdmin {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. A cursor that is none of ours has no page. */
  async list(filter: NotificationFilter = {}): Promise<NotificationPage> {
    const { channel, kind, appId, status, cursor } = filter;
    const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 50) || 1, 1), 200);
    const after = cursor === undefined ? undefined : fromCursor(cursor);
    if (after === null) return { items: [], nextCursor: null };
    const rows = await this.prisma.notification.findMany({
      where: {
        channel,
        kind,
        appId,
        status,
        ...(after && {
          // The first line says nothing new but lets the index notifications_created_at_id_idx find the place.
          createdAt: { lte: after.createdAt },
          OR: [{ createdAt: { lt: after.createdAt } }, { id: { gt: after.id } }],
        }),
      },
      omit: { ...internal, text: true, html: true },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: limit + 1,
    });
    const items = rows.slice(0, limit);
    return { items, nextCursor: rows.length > limit ? toCursor(items.at(-1)!) : null };
  }

  /** @throws NotificationNotFoundError */
  async get(id: string): Promise<NotificationView> {
    const found = isId(id)
      ? await this.prisma.notification.findUnique({ where: { id }, omit: internal })
      : null;
    if (!found) throw new NotificationNotFoundError(id);
    return found;
  }
}
