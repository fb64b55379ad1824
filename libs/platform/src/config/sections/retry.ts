import { decimal, duration, integer } from '../kinds.js';
import { Setting } from '../setting.js';

/** The `standard` retry profile. */
export class RetryConfig {
  static readonly title = 'Retries';

  @Setting('WEBHOOK_RETRY_MAX_ATTEMPTS', integer(1, 10), 'Attempts of a delivery, the first included.')
  readonly maxAttempts: number = 3;

  @Setting('WEBHOOK_RETRY_INITIAL_DELAY', duration(0, 3_600_000), 'Wait before the second attempt.')
  readonly initialDelayMs: number = 1000;

  @Setting('WEBHOOK_RETRY_MAX_DELAY', duration(0, 86_400_000), 'Longest wait between attempts.')
  readonly maxDelayMs: number = 30_000;

  @Setting(
    'WEBHOOK_RETRY_BACKOFF_MULTIPLIER',
    decimal(1, 10),
    'Factor by which the wait grows from attempt to attempt.',
  )
  readonly backoffMultiplier: number = 2;

  @Setting('WEBHOOK_RETRY_JITTER', decimal(0, 1), 'Random part of a wait, up and down; 0 for none.')
  readonly jitter: number = 0.2;
}
