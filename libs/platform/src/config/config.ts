import { isEmail } from './addresses.js';
import { isKeyId, type EncryptionKey } from './encryption-keys.js';
import type { RedisTarget } from './redis-target.js';
import { duration, encryptionKeys, integer, list, word } from './kinds.js';
import { ApiConfig } from './sections/api.js';
import { CircuitBreakerConfig } from './sections/circuit-breaker.js';
import { BatchingConfig, DEFAULT_SHARDS, DeliveryConfig, QueueConfig } from './sections/delivery.js';
import { EventsConfig } from './sections/events.js';
import { InboundConfig } from './sections/inbound.js';
import { FeedConfig } from './sections/feed.js';
import { LogConfig } from './sections/log.js';
import { SmtpSettings } from './sections/mail.js';
import { MetricsConfig } from './sections/metrics.js';
import { MonitoringConfig } from './sections/monitoring.js';
import { NotifyConfig } from './sections/notify.js';
import { OutboundConfig } from './sections/outbound.js';
import { HintsConfig, ProcessConfig } from './sections/process.js';
import { RetentionConfig } from './sections/retention.js';
import { RetryConfig } from './sections/retry.js';
import { RedisSettings } from './sections/redis.js';
import { DatabaseConfig } from './sections/storage.js';
import { TelemetryConfig } from './sections/telemetry.js';
import { TimeoutsConfig } from './sections/timeouts.js';
import { Setting } from './setting.js';
import { shardPrefixes } from '../queue/shards.js';

/** Everything an operator can set, parsed once. Also the injection token. Frozen. */
export class Config {
  readonly api = new ApiConfig();
  readonly log = new LogConfig();
  readonly database = new DatabaseConfig();
  readonly redisSettings = new RedisSettings();
  readonly hints = new HintsConfig();
  readonly outbound = new OutboundConfig();
  readonly timeouts = new TimeoutsConfig();
  readonly retry = new RetryConfig();
  readonly circuitBreaker = new CircuitBreakerConfig();
  readonly queue = new QueueConfig();
  readonly delivery = new DeliveryConfig();
  readonly events = new EventsConfig();
  readonly inbound = new InboundConfig();
  readonly feed = new FeedConfig();
  readonly batching = new BatchingConfig();
  readonly retention = new RetentionConfig();
  readonly metrics = new MetricsConfig();
  readonly telemetry = new TelemetryConfig();
  readonly monitoring = new MonitoringConfig();
  readonly smtpSettings = new SmtpSettings();
  readonly notify = new NotifyConfig();
  readonly process = new ProcessConfig();

  @Setting('BREAKWATER_DATA_DIR', word(/^.+$/s, 'a path'), 'Where `npm start` keeps its database and keys.', {
    section: 'Storage',
  })
  readonly dataDir: string = '.breakwater';

  /** The first is current; the others still open what they sealed. */
  @Setting(
    'ENCRYPTION_KEYS',
    encryptionKeys,
    'Keys for secrets at rest, `id:base64(32 bytes)`, the current one first; `npm start` makes one.',
    { required: true, secret: true, section: 'Security' },
  )
  readonly encryptionKeys: readonly EncryptionKey[] = [];

  @Setting(
    'ENCRYPTION_KEYS_LOST',
    list(isKeyId, 'ids of encryption keys'),
    'Ids of keys that are lost for good: a start no longer fails because of what they sealed.',
    { section: 'Security' },
  )
  readonly lostKeyIds: readonly string[] = [];

  @Setting(
    'BREAKWATER_ADMIN_KEY',
    word(/^bw_[A-Za-z0-9_-]{43}$/, '`bw_` and 43 characters of base64url'),
    'Added as an admin key at the start, in addition to existing ones; without it the first start creates one and prints it once.',
    { secret: true, section: 'Security' },
  )
  readonly adminKey?: string;

  /** Calls at once per breaker and process. */
  @Setting('BULKHEAD_CAPACITY', integer(1, 100_000), 'Calls at once per breaker and process.', {
    section: 'Circuit breaker',
  })
  readonly bulkheadCapacity: number = 250;

  @Setting('ADMIN_EMAILS', list(isEmail, 'e-mail addresses'), 'Platform admins; told about every breaker.', {
    section: 'Mail',
  })
  readonly adminEmails: readonly string[] = [];

  @Setting(
    'SHUTDOWN_TIMEOUT',
    duration(0, 600_000),
    'Longest time that a stopping process waits for work in progress.',
    {
      section: 'Process',
    },
  )
  readonly shutdownTimeoutMs: number = 30_000;

  @Setting(
    'CLOCK_SKEW_MAX',
    duration(100, 3_600_000),
    'Difference to the database’s clock beyond which a process is not ready.',
    { section: 'Process' },
  )
  readonly clockSkewMaxMs: number = 5000;

  /** Redis for the queue, or null: then the queue is in PostgreSQL. */
  get redis(): RedisTarget | null {
    return this.redisSettings.target();
  }

  /** The prefix of each queue in Redis: one, or in a cluster one for each shard. */
  get queuePrefixes(): string[] {
    const isCluster = this.redis?.kind === 'cluster';
    return shardPrefixes(this.queue.prefix, isCluster ? (this.queue.shards ?? DEFAULT_SHARDS) : null);
  }

  /** The mail server, or null: then mails are stored and logged. */
  get smtp(): { url: string; from: string } | null {
    return this.smtpSettings.target();
  }
}

/** The objects that have settings, in the order in which docs list them. */
export function holdersOf(config: Config): readonly object[] {
  return [
    ...Object.values(config).filter((value) => Object.hasOwn(value?.constructor ?? {}, 'title')),
    config,
  ];
}
