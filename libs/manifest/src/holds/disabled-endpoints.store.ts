import { Injectable } from '@nestjs/common';
import { Database, transactionOf, type Transaction } from '@breakwater/platform';

/** An endpoint that Breakwater disabled, after a 410 or days of failures only. */
export interface DisabledEndpoint {
  id: string;
  appId: string;
  appName: string;
  capability: string;
  /** Name of the subscription; null: it is the endpoint of a capability. */
  subscription: string | null;
  url: string;
  reason: string;
  disabledAt: Date;
}

// Index: endpoints_unnotified_idx.
const NEXT = `
SELECT e.id, e.app_id AS "appId", a.name AS "appName", e.capability, s.name AS subscription, e.url,
  COALESCE(e.disabled_reason, 'unknown') AS reason, e.disabled_at AS "disabledAt"
FROM endpoints e JOIN apps a ON a.id = e.app_id LEFT JOIN subscriptions s ON s.endpoint_id = e.id
WHERE e.status = 'disabled' AND e.disabled_by IS NULL AND e.disabled_notified_at IS NULL
ORDER BY e.disabled_at LIMIT 1 FOR UPDATE OF e SKIP LOCKED`;

const NOTIFIED = 'UPDATE endpoints SET disabled_notified_at = now() WHERE id = $1';

/** The endpoints that Breakwater disabled and nobody was notified of yet. */
@Injectable()
export class DisabledEndpoints {
  constructor(private readonly database: Database) {}

  /**
   * Notifies of the next one, and records that, in one transaction.
   * @returns how many notifications were stored; null when none is left
   */
  async notifyNext(
    notify: (transaction: Transaction, endpoint: DisabledEndpoint) => Promise<number>,
  ): Promise<number | null> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<DisabledEndpoint>(NEXT);
      const [endpoint] = rows;
      if (!endpoint) return null;
      const stored = await notify(transactionOf(client), endpoint);
      await client.query(NOTIFIED, [endpoint.id]);
      return stored;
    });
  }
}
