import { Injectable } from '@nestjs/common';
import { Database, transactionOf, type Transaction } from '@breakwater/platform';

/** Decisions about one capability that nobody was notified of yet, oldest first. */
export interface UntoldApprovals {
  appId: string;
  appName: string;
  capability: string;
  approvals: { id: string; reason: string; createdAt: Date }[];
}

/** People are notified of one capability again after this at the earliest. */
const AGAIN_AFTER = '15 minutes';
/** One process notifies at a time: two would notify of the same capability twice. */
const LOCK = 740213;

// Indexes: pending_approvals_untold_idx, pending_approvals_app_id_capability_told_at_idx.
const NEXT = `
SELECT p.app_id AS "appId", p.capability, COALESCE(a.name, p.app_id) AS "appName"
FROM pending_approvals p LEFT JOIN apps a ON a.id = p.app_id
WHERE p.told_at IS NULL AND p.status = 'pending' AND NOT EXISTS (
  SELECT 1 FROM pending_approvals t
  WHERE t.app_id = p.app_id AND t.capability = p.capability AND t.told_at > now() - interval '${AGAIN_AFTER}')
ORDER BY p.id LIMIT 1`;

const TAKE = `
UPDATE pending_approvals SET told_at = now()
WHERE app_id = $1 AND capability = $2 AND told_at IS NULL AND status = 'pending'
RETURNING id, reason, created_at AS "createdAt"`;

@Injectable()
export class ApprovalNoticesStore {
  constructor(private readonly database: Database) {}

  /**
   * Notifies of the next capability whose decisions wait, and records that, in one transaction.
   * @returns how many notifications were stored; null when nothing is left, or another process is doing it
   */
  async notifyNext(
    tell: (transaction: Transaction, untold: UntoldApprovals) => Promise<number>,
  ): Promise<number | null> {
    return this.database.transaction(async (client) => {
      const lock = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        LOCK,
      ]);
      if (!lock.rows[0]!.mine) return null;
      const next = (await client.query<Omit<UntoldApprovals, 'approvals'>>(NEXT)).rows[0];
      if (!next) return null;
      const { rows } = await client.query<UntoldApprovals['approvals'][number]>(TAKE, [
        next.appId,
        next.capability,
      ]);
      const approvals = rows.sort((one, other) => (one.id < other.id ? -1 : 1));
      return tell(transactionOf(client), { ...next, approvals });
    });
  }
}
