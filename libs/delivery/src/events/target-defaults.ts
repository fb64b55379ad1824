import type { Config } from '@breakwater/platform';
import { planRetries } from '../retry/retry-plan.js';
import { standardPlan } from '../retry/standard-plan.js';
import type { TargetDefaults } from './event-deliveries.js';

/** The settings for deliveries whose subscription does not define its own. */
export function targetDefaults({ timeouts, retry }: Pick<Config, 'timeouts' | 'retry'>): TargetDefaults {
  const standard = standardPlan(retry);
  return {
    timeoutMs: timeouts.asyncDefault,
    maxAttemptsOf: (setting) => planRetries(setting, standard).maxAttempts,
  };
}
