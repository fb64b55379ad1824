import { Injectable } from '@nestjs/common';
import { isId, PrismaService, type Prisma } from '@breakwater/platform';
import { ApprovalNotFoundError, ApprovalResolvedError } from './approval.error.js';

export type ApprovalRow = Prisma.PendingApprovalGetPayload<object>;

/** Decisions that wait for a person (strategy `pending_approval`). */
@Injectable()
export class Approvals {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. @param after id of the last one seen */
  async list(
    filter: { status?: string; appId?: string },
    limit: number,
    after?: string,
  ): Promise<ApprovalRow[]> {
    return this.prisma.pendingApproval.findMany({
      where: { ...filter, ...(after ? { id: { lt: after } } : {}) },
      orderBy: { id: 'desc' },
      take: limit,
    });
  }

  /** @throws ApprovalNotFoundError */
  async get(id: string): Promise<ApprovalRow> {
    const row = isId(id) ? await this.prisma.pendingApproval.findUnique({ where: { id } }) : null;
    if (!row) throw new ApprovalNotFoundError(id);
    return row;
  }

  /** @throws ApprovalNotFoundError, ApprovalResolvedError */
  async resolve(
    id: string,
    status: 'approved' | 'rejected',
    actor: string,
    notes: string | null,
  ): Promise<ApprovalRow> {
    const where = { id, status: 'pending' };
    const { count } = isId(id)
      ? await this.prisma.pendingApproval.updateMany({
          where,
          data: { status, resolvedAt: new Date(), resolvedBy: actor, notes },
        })
      : { count: 0 };
    const row = await this.get(id);
    if (count === 0) throw new ApprovalResolvedError(id, row.status);
    return row;
  }
}
