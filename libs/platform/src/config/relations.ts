import type { Problem } from '../errors/breakwater.error.js';
import type { Config } from './config.js';
import { redisProblems } from './redis-relations.js';

/** Rules between settings that are valid one by one. */
export function relationProblems(
  env: Readonly<Record<string, string | undefined>>,
  config: Config,
): Problem[] {
  const isSet = (name: string) => Boolean(env[name]?.trim());
  const problems: Problem[] = [];
  const broken = (name: string, rule: string, message: string) =>
    problems.push({ pointer: `/${name}`, rule, message: `${name} ${message}` });

  // The URL overrides the parts: hosts and compose files set both.
  if (isSet('SMTP_PASSWORD') && !isSet('SMTP_HOST') && !isSet('SMTP_URL')) {
    broken('SMTP_PASSWORD', 'alone', 'has no effect without SMTP_HOST');
  }
  problems.push(...redisProblems(env, config.redisSettings));
  const { poolMin, poolMax } = config.database;
  if (poolMin > poolMax) {
    broken('DATABASE_POOL_MIN', 'max', `must not be more than DATABASE_POOL_MAX (${poolMax})`);
  }
  const { initialDelayMs, maxDelayMs } = config.retry;
  if (initialDelayMs > maxDelayMs) {
    broken(
      'WEBHOOK_RETRY_MAX_DELAY',
      'min',
      `must not be less than WEBHOOK_RETRY_INITIAL_DELAY (${initialDelayMs})`,
    );
  }
  const { metricsDays } = config.retention;
  if (config.delivery.subscriptionAutoDisableDays >= metricsDays) {
    // The failures are found in the counts by hour.
    broken(
      'SUBSCRIPTION_AUTO_DISABLE_DAYS',
      'max',
      `must be less than WEBHOOK_METRICS_RETENTION_DAYS (${metricsDays})`,
    );
  }
  return problems;
}
