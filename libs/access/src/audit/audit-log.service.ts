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
 * Who did what to what, and when. The line is there before the action is, so nothing is done without one, even
 * when the process dies in the middle.
 */
@Injectable()
export class AuditLog {
  private readonly log = new Logger(AuditLog.name);

  constructor(private readonly store: AuditLogStore) {}

  /**
   * Writes down that an action begins. Whoever gets an error instead must not begin.
   * @returns the id of the line
   */
  async begin(action: AuditedAction): Promise<string> {
    return this.store.insert(storableAction(action), 'started');
  }

  /** Writes down how it ended. Never throws: what is done is done, and the line says `started`. */
  async end(id: string, { status, appId = null, detail }: AuditedEnd): Promise<void> {
    const end = { outcome: outcomeOf(status), status, appId, detail: storableDetail(detail) };
    await this.store
      .complete(id, end)
      .catch((error: Error) =>
        this.log.warn(`the end (${end.outcome}) of audit line ${id} is not written down: ${error.message}`),
      );
  }

  /** Writes down what the platform itself does, in the transaction that does it. */
  async record(
    action: Pick<AuditedAction, 'action' | 'target' | 'detail'>,
    db: Prisma.TransactionClient,
  ): Promise<void> {
    const bySystem = { ...action, actor: SYSTEM_ACTOR, actorKeyId: null, appId: null, requestId: null };
    await this.store.insert(storableAction(bySystem), 'done', db);
  }

  /** Newest first. @param limit as many as the page holds, and one more to see whether there is another */
  async list(filter: AuditFilter, limit: number, after?: AuditPosition): Promise<AuditEntry[]> {
    return this.store.page(filter, limit, after);
  }
}
