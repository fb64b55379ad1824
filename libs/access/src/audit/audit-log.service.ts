import { Injectable, Logger } from '@nestjs/common';
import type { Prisma } from '@breakwater/platform';
import {
  outcomeOf,
  storableAction,
  storableDetail,
  SYSTEM_ACTOR,
  type AuditedAction,
  type AuditedEnd,
  type AuditEntry,
} from './audit-entry.js';
import { AuditLogStore, type AuditFilter, type AuditPosition } from './audit-log.store.js';

/**
 * Records who did what to what, and when. The line is stored before the action, so no action is without a line, even
 * when the process dies in the middle.
 */
@Injectable()
export class AuditLog {
  private readonly log = new Logger(AuditLog.name);

  constructor(private readonly store: AuditLogStore) {}

  /**
   * Records that an action begins. If this throws, the action must not begin.
   * @returns the id of the line
   */
  async begin(action: AuditedAction): Promise<string> {
    return this.store.insert(storableAction(action), 'started');
  }

  /** Records the result. Never throws: the action is done, and without this the line says `started`. */
  async end(id: string, { status, appId = null, detail }: AuditedEnd): Promise<void> {
    const end = { outcome: outcomeOf(status), status, appId, detail: storableDetail(detail) };
    await this.store
      .complete(id, end)
      .catch((error: Error) =>
        this.log.warn(`the end (${end.outcome}) of audit line ${id} is not stored: ${error.message}`),
      );
  }

  /** Records an action of the platform itself, in the transaction of the action. */
  async record(
    action: Pick<AuditedAction, 'action' | 'target' | 'detail'>,
    db: Prisma.TransactionClient,
  ): Promise<void> {
    const bySystem = { ...action, actor: SYSTEM_ACTOR, actorKeyId: null, appId: null, requestId: null };
    await this.store.insert(storableAction(bySystem), 'done', db);
  }

  /** Newest first. @param limit one more than the page holds, to see whether there is another page */
  async list(filter: AuditFilter, limit: number, after?: AuditPosition): Promise<AuditEntry[]> {
    return this.store.page(filter, limit, after);
  }
}
