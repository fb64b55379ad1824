import { Injectable } from '@nestjs/common';
import { isId, PrismaService, type Prisma } from '@breakwater/platform';
import { AlertNotFoundError, AlertResolvedError } from './alert.error.js';

export interface AlertFilter {
  /** firing or resolved. */
  status?: string;
  /** open: firing, and nobody has acknowledged it; acknowledged: firing; resolved. */
  state?: AlertState;
  ruleId?: string;
  appId?: string;
  /** The last alert seen. */
  after?: { firedAt: Date; id: string };
  limit: number;
}

export const ALERT_STATES = ['open', 'acknowledged', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

const OF_STATE: Readonly<Record<AlertState, Prisma.AlertWhereInput>> = {
  open: { status: 'firing', acknowledgedAt: null },
  acknowledged: { status: 'firing', acknowledgedAt: { not: null } },
  resolved: { status: 'resolved' },
};

export type AlertView = Prisma.AlertGetPayload<object>;

/** The cases of alert rules, open and resolved. */
@Injectable()
export class Alerts {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. */
  async list({ status, state, ruleId, appId, after, limit }: AlertFilter): Promise<AlertView[]> {
    return this.prisma.alert.findMany({
      where: {
        ...(state && OF_STATE[state]),
        ...(status && { AND: { status } }),
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

  /** @throws AlertNotFoundError */
  async get(id: string): Promise<AlertView> {
    const found = isId(id) ? await this.prisma.alert.findUnique({ where: { id } }) : null;
    if (!found) throw new AlertNotFoundError(id);
    return found;
  }

  /**
   * Says that a person takes care of it. The first one stays: who, when and the note.
   * @throws AlertNotFoundError
   * @throws AlertResolvedError when it is over
   */
  async acknowledge(id: string, actor: string, note: string | null): Promise<AlertView> {
    await this.get(id);
    await this.prisma.alert.updateMany({
      where: { id, status: 'firing', acknowledgedAt: null },
      data: { acknowledgedAt: new Date(), acknowledgedBy: actor, acknowledgedNote: note },
    });
    const alert = await this.get(id);
    if (alert.acknowledgedAt === null) throw new AlertResolvedError(id);
    return alert;
  }
}
