import type { Config } from '@breakwater/platform';
import { planRetries } from '../retry/retry-plan.js';
import { standardPlan } from '../retry/standard-plan.js';
import type { TargetDefaults } from './event-deliveries.js';

/** What the settings say of a delivery whose subscription does not. */
export function targetDefaults({ timeouts, retry }: Pick<Config, 'timeouts' | 'retry'>): TargetDefaults {
  const standard = standardPlan(retry);
  return {
    timeoutMs: timeouts.asyncDefault,
    maxAttemptsOf: (setting) => planRetries(setting, standard).maxAttempts,
  };
}
