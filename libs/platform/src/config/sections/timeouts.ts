import { duration } from '../kinds.js';
import { Setting } from '../setting.js';

/** Milliseconds, whole attempt. The manifest and the app's own timeouts override these. */
export class TimeoutsConfig {
  static readonly title = 'Timeouts';

  @Setting('WEBHOOK_TIMEOUT_DEFAULT', duration(1000, 30_000), 'Deadline of a sync call.')
  readonly default: number = 10_000;

  @Setting('WEBHOOK_TIMEOUT_ASYNC_DEFAULT', duration(1000, 60_000), 'Deadline of an async attempt.')
  readonly asyncDefault: number = 30_000;

  /** By capability in lower case, from `WEBHOOK_TIMEOUT_<CAPABILITY>`. */
  readonly byCapability: Readonly<Record<string, number>> = {
    quiz_answer: 2000,
    winner_selection: 5000,
    participant_registration: 3000,
  };
}
