import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { Counted, Gauges } from './measure.js';

/** For waiting deliveries also how long the oldest has been due, ms. */
export type ReadGauges = Omit<Gauges, 'waiting'> & { waiting: (Counted & { oldestMs: number })[] };

// Index: webhook_dead_letter_queue_open_idx.
const DEAD_LETTERS = `
SELECT app_id AS "appId", capability, count(*) AS count FROM webhook_dead_letter_queue
WHERE resolved_at IS NULL GROUP BY 1, 2`;

// Index: deliveries_pending_idx.
const WAITING = `
SELECT app_id AS "appId", capability, count(*) AS count,
  extract(epoch FROM now() - min(next_attempt_at))::float8 * 1000 AS "oldestMs"
FROM deliveries
WHERE status = 'pending' AND claim_token IS NULL AND next_attempt_at <= now() GROUP BY 1, 2`;

const OPEN_BREAKERS = `
SELECT b.app_id AS "appId", b.capability, 1 AS count FROM circuit_breaker_state b
JOIN apps a ON a.id = b.app_id AND a.status = 'active' WHERE b.state <> 'closed' AND NOT EXISTS (
  SELECT 1 FROM endpoints e WHERE e.app_id = b.app_id AND e.capability = b.capability AND e.status = 'removed')
ORDER BY b.app_id, b.capability`;

const FAILED_CHECKS = `
SELECT app_id AS "appId", consecutive_failures AS failures FROM app_health_status WHERE consecutive_failures > 0
ORDER BY app_id`;

/** Reads the current state of all apps. */
@Injectable()
export class ReadingsStore {
  constructor(private readonly database: Database) {}

  async gauges(): Promise<ReadGauges> {
    return this.database.transaction(async (client) => {
      // This reads many rows: scans and hashes are faster here.
      await client.query('SET LOCAL enable_bitmapscan = on; SET LOCAL enable_seqscan = on');
      return {
        deadLetters: (await client.query<Counted>(DEAD_LETTERS)).rows,
        waiting: (await client.query<ReadGauges['waiting'][number]>(WAITING)).rows,
        openBreakers: (await client.query<Counted>(OPEN_BREAKERS)).rows,
        failedChecks: (await client.query<Gauges['failedChecks'][number]>(FAILED_CHECKS)).rows,
      };
    });
  }
}
