import type { Problem } from '../errors/breakwater.error.js';
import type { Config } from './config.js';

/** Rules between settings; each alone is fine. */
export function relationProblems(
  env: Readonly<Record<string, string | undefined>>,
  config: Config,
): Problem[] {
  const isSet = (name: string) => Boolean(env[name]?.trim());
  const problems: Problem[] = [];
  const broken = (name: string, rule: string, message: string) =>
    problems.push({ pointer: `/${name}`, rule, message: `${name} ${message}` });

  for (const service of ['REDIS', 'SMTP']) {
    const hasHost = isSet(`${service}_HOST`);
    if (isSet(`${service}_URL`) && hasHost) {
      broken(`${service}_HOST`, 'conflict', `and ${service}_URL are both set; keep one`);
    }
    if (isSet(`${service}_PASSWORD`) && !hasHost) {
      broken(`${service}_PASSWORD`, 'alone', `has no effect without ${service}_HOST`);
    }
  }
  const { initialDelayMs, maxDelayMs } = config.retry;
  if (initialDelayMs > maxDelayMs) {
    broken(
      'WEBHOOK_RETRY_MAX_DELAY',
      'min',
      `must not be less than WEBHOOK_RETRY_INITIAL_DELAY (${initialDelayMs})`,
    );
  }
  return problems;
}
