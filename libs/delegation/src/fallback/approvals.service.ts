import { Injectable } from '@nestjs/common';
import { isId } from '@breakwater/platform';
import { ApprovalNotFoundError, ApprovalResolvedError } from './approval.error.js';
import { ApprovalStore, type ApprovalRow } from './approval.store.js';

/** Decisions that wait for a person (strategy `pending_approval`). */
@Injectable()
export class Approvals {
  constructor(private readonly store: ApprovalStore) {}

  /** Newest first. @param after id of the last one seen */
  async list(
    filter: { status?: string; appId?: string },
    limit: number,
    after?: string,
  ): Promise<ApprovalRow[]> {
    return this.store.list(filter, limit, after);
  }

  /** @throws ApprovalNotFoundError */
  async get(id: string): Promise<ApprovalRow> {
    const row = isId(id) ? await this.store.find(id) : null;
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
    const isResolved = isId(id) && (await this.store.resolve(id, { status, resolvedBy: actor, notes }));
    const row = await this.get(id);
    if (!isResolved) throw new ApprovalResolvedError(id, row.status);
    return row;
  }
}
