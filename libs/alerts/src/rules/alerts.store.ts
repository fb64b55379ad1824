import { Injectable } from '@nestjs/common';
import { PrismaService, type Prisma } from '@breakwater/platform';

export interface AlertFilter {
  /** firing or resolved. */
  status?: string;
  ruleId?: string;
  appId?: string;
  /** The last alert seen. */
  after?: { firedAt: Date; id: string };
  limit: number;
}

export type AlertView = Prisma.AlertGetPayload<object>;

/** The cases of alert rules, open and resolved. */
@Injectable()
export class Alerts {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. */
  async list({ status, ruleId, appId, after, limit }: AlertFilter): Promise<AlertView[]> {
    return this.prisma.alert.findMany({
      where: {
        status,
        ruleId,
        appId,
        ...(after && {
          firedAt: { lte: after.firedAt },
          OR: [{ firedAt: { lt: after.firedAt } }, { id: { lt: after.id } }],
        }),
      },
      orderBy: [{ firedAt: 'desc' }, { id: 'desc' }],
      take: limit,
    });
  }
}
