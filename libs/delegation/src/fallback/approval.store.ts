import { Injectable } from '@nestjs/common';
import { newId, PrismaService, type Prisma } from '@breakwater/platform';

export type ApprovalRow = Prisma.PendingApprovalGetPayload<object>;

/** A decision for a person. */
export interface NewApproval {
  appId: string;
  capability: string;
  requestId: string;
  payload: Buffer;
  context: Prisma.InputJsonObject;
  /** As its sender wrote it. */
  contextBytes: Buffer;
  reason: string;
}

@Injectable()
export class ApprovalStore {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns its id */
  async add({ payload, contextBytes, ...approval }: NewApproval): Promise<string> {
    const id = newId();
    await this.prisma.pendingApproval.create({
      data: {
        ...approval,
        id,
        payload: new Uint8Array(payload),
        contextBytes: new Uint8Array(contextBytes),
      },
    });
    return id;
  }

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

  async find(id: string): Promise<ApprovalRow | null> {
    return this.prisma.pendingApproval.findUnique({ where: { id } });
  }

  /** @returns false when it is already decided */
  async resolve(
    id: string,
    end: { status: 'approved' | 'rejected'; resolvedBy: string; notes: string | null },
  ): Promise<boolean> {
    const { count } = await this.prisma.pendingApproval.updateMany({
      where: { id, status: 'pending' },
      data: { ...end, resolvedAt: new Date() },
    });
    return count > 0;
  }
}
