import type { Logger } from '@nestjs/common';
import { BoundedPool, type BoundedClient, type BoundedPoolOptions } from './bounded-pool.service.js';
import type { SessionSettings } from './connection.js';

/**
 * Hot statements are planned while their tables are empty, and the plans are kept: so they must look rows up by index
 * from the start. Plain index scans also remove the entries of dead rows; bitmap scans do not. No plan here is worth a
 * JIT. By default PostgreSQL plans statements on partitions again for every call, which takes longer than the call
 * (docs/internals/performance.md). Why there is no partition pruning: docs/adr/0021-no-partition-pruning.md.
 */
const PLANNER: SessionSettings = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  jit: 'off',
  enable_partition_pruning: 'off',
};

/**
 * The role of every session, whoever logs in: it sees all rows and owns no table
 * (docs/adr/0014-two-roles-one-pool.md).
 */
export const AS_SERVICE: SessionSettings = { role: 'breakwater_service' };

type ServicePoolOptions = Omit<BoundedPoolOptions, 'settings' | 'onShed'> & {
  /** PostgreSQL ends a session after this time without a statement in a transaction, ms. */
  stalledAfterMs: number;
  log: Logger;
};

/** A pool whose statements are the service's, planned as its hot statements need it. */
export function openServicePool({ stalledAfterMs, log, ...options }: ServicePoolOptions): BoundedPool {
  const pool = new BoundedPool({
    ...options,
    settings: {
      ...PLANNER,
      ...AS_SERVICE,
      // Locks of a stalled process must not make all others wait.
      idle_in_transaction_session_timeout: String(stalledAfterMs),
    },
    onShed: (count, why) =>
      log.warn(`a database connection ${why}: ${count} idle connections were closed with it`),
  });
  // A borrowed connection has no other error listener: without this one its loss would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error, client) => {
    const isThrownAway = (client as unknown as BoundedClient).spoiltBy !== undefined;
    if (!pool.ending && !isThrownAway) log.warn(`idle database connection lost: ${error.message}`);
  });
  return pool;
}
