import { duration, integer, word } from '../kinds.js';
import { Setting } from '../setting.js';

const queueName = word(/^[a-z0-9_-]{1,40}$/i, '1 to 40 letters, digits, - or _');

/** In a cluster; without one there is one queue. */
export const DEFAULT_SHARDS = 4;

export class QueueConfig {
  static readonly title = 'Queue and delivery';

  @Setting('QUEUE_CONCURRENCY', integer(1, 10_000), 'Deliveries that a worker process makes at once.')
  readonly concurrency: number = 10;

  @Setting('QUEUE_NAME', queueName, 'Name of the wake-up queue.')
  readonly name: string = 'deliveries';

  @Setting('QUEUE_PREFIX', queueName, 'Separates installations that share a Redis.')
  readonly prefix: string = 'breakwater';

  @Setting(
    'QUEUE_SHARDS',
    integer(1, 64),
    'Queues over which the wake-ups are spread in a cluster of Redis.',
    { defaultText: `\`${DEFAULT_SHARDS}\`` },
  )
  readonly shards?: number;

  @Setting(
    'QUEUE_TIMEOUT',
    duration(100, 60_000),
    'Longest wait for a connection to the queue’s Redis or PostgreSQL, and for an answer.',
  )
  readonly timeoutMs: number = 2000;
}

export class DeliveryConfig {
  static readonly title = 'Queue and delivery';

  @Setting(
    'DELIVERY_MAX_AGE',
    duration(1000, 30 * 86_400_000),
    'Longest a delivery waits for an open breaker.',
  )
  readonly maxAgeMs: number = 86_400_000;

  @Setting('DELIVERY_LEASE_MARGIN', duration(100, 600_000), 'A worker’s claim lasts the timeout plus this.')
  readonly leaseMarginMs: number = 15_000;

  @Setting(
    'SWEEP_INTERVAL',
    duration(50, 600_000),
    'How often the sweeper looks for due deliveries without a wake-up.',
  )
  readonly sweepIntervalMs: number = 2000;

  @Setting('ENDPOINT_CONCURRENCY', integer(1, 1000), 'Calls at once to one endpoint over all workers.')
  readonly endpointConcurrency: number = 10;

  @Setting(
    'ACCEPT_TIMEOUT',
    duration(100, 60_000),
    'Longest wait until a delivery is stored; after that the caller gets 503.',
  )
  readonly acceptTimeoutMs: number = 5000;

  @Setting(
    'SUBSCRIPTION_AUTO_DISABLE_DAYS',
    integer(0, 30),
    'Days after which a subscription whose calls all fail is disabled; 0: never. Its owner is warned at half of that.',
  )
  readonly subscriptionAutoDisableDays: number = 5;

  @Setting('IDEMPOTENCY_TTL', duration(1000, 30 * 86_400_000), 'How long an Idempotency-Key is remembered.')
  readonly idempotencyTtlMs: number = 86_400_000;
}

export class BatchingConfig {
  static readonly title = 'Queue and delivery';

  @Setting('BATCH_MAX_ROWS', integer(1, 5000), 'Most rows that one statement writes.')
  readonly maxRows: number = 200;
}
