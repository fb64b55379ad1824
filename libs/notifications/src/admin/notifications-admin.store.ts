import { Injectable } from '@nestjs/common';
import { PrismaService, type Prisma } from '@breakwater/platform';

export type NotificationView = Omit<Prisma.NotificationGetPayload<object>, 'dedupeKey' | 'lockedUntil'>;
/** In a list the bodies are left out. */
export type NotificationSummary = Omit<NotificationView, 'text' | 'html'>;

const internal = { dedupeKey: true, lockedUntil: true } as const;

@Injectable()
export class NotificationsAdminStore {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. @param after the last one seen */
  async list(
    filter: { channel?: string; kind?: string; appId?: string; status?: string },
    limit: number,
    after?: { createdAt: Date; id: string },
  ): Promise<NotificationSummary[]> {
    return this.prisma.notification.findMany({
      where: {
        ...filter,
        ...(after && {
          // Redundant, but it lets the index notifications_created_at_id_idx find the place.
          createdAt: { lte: after.createdAt },
          OR: [{ createdAt: { lt: after.createdAt } }, { id: { gt: after.id } }],
        }),
      },
      omit: { ...internal, text: true, html: true },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: limit,
    });
  }

  /** Of one alert, oldest first. Index: notifications_created_at_id_idx. @param since when it fired */
  async ofAlert(alertId: string, since: Date): Promise<NotificationSummary[]> {
    return this.prisma.notification.findMany({
      where: {
        createdAt: { gte: since },
        kind: { in: ['alert_firing', 'alert_resolved'] },
        data: { path: ['alertId'], equals: alertId },
      },
      omit: { ...internal, text: true, html: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: 200,
    });
  }

  async find(id: string): Promise<NotificationView | null> {
    return this.prisma.notification.findUnique({ where: { id }, omit: internal });
  }
}
