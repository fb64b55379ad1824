import { Injectable } from '@nestjs/common';
import { newId, Prisma, PrismaService } from '@breakwater/platform';
import type { AuditDetail, AuditedAction, AuditEntry, AuditOutcome } from './audit-entry.js';

export interface AuditFilter {
  actor?: string;
  action?: string;
  appId?: string;
  target?: string;
  outcome?: AuditOutcome;
  /** At or after. */
  from?: Date;
  /** Before. */
  to?: Date;
}

/** The last line of the previous page. */
export interface AuditPosition {
  at: Date;
  id: string;
}

export interface EndOfAction {
  outcome: AuditOutcome;
  status: number | null;
  appId: string | null;
  detail: AuditDetail | null;
}

/** Lines are added and completed. The database itself refuses to change a complete one. */
@Injectable()
export class AuditLogStore {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns its id. @param db the transaction that does the action, where there is one */
  async insert(
    entry: AuditedAction,
    outcome: 'started' | 'done',
    db: Prisma.TransactionClient = this.prisma,
  ): Promise<string> {
    const { actor, actorKeyId, action, target, appId, requestId } = entry;
    const id = newId();
    await db.$executeRaw`
      INSERT INTO audit_log (id, actor, actor_key_id, action, target, app_id, request_id, detail, outcome, finished_at)
      VALUES (${id}::uuid, ${actor}, ${actorKeyId}::uuid, ${action}, ${target}, ${appId}, ${requestId},
        ${jsonOf(entry.detail)}::jsonb, ${outcome}, CASE WHEN ${outcome === 'done'} THEN now() END)`;
    return id;
  }

  async complete(id: string, { outcome, status, appId, detail }: EndOfAction): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE audit_log SET outcome = ${outcome}, status = ${status}, finished_at = now(),
        app_id = COALESCE(app_id, ${appId}),
        detail = NULLIF(COALESCE(detail, '{}') || COALESCE(${jsonOf(detail)}::jsonb, '{}'), '{}')
      WHERE id = ${id}::uuid AND outcome = 'started'`;
  }

  /** Newest first. Index: audit_log_at_id_idx, or audit_log_target_at_idx */
  async page(
    { from, to, ...equal }: AuditFilter,
    limit: number,
    after: AuditPosition | undefined,
  ): Promise<AuditEntry[]> {
    const rows = await this.prisma.historyAs(null, (db) =>
      db.auditEntry.findMany({
        where: {
          ...equal,
          at: { ...(from && { gte: from }), ...(to && { lt: to }) },
          ...(after && {
            AND: [{ at: { lte: after.at } }, { OR: [{ at: { lt: after.at } }, { id: { lt: after.id } }] }],
          }),
        },
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
        take: limit,
      }),
    );
    return rows as AuditEntry[];
  }
}

function jsonOf(detail: AuditDetail | null): string | null {
  return detail && JSON.stringify(detail);
}
