import { ConfigInvalidError } from './config-invalid.error.js';
import type { Config } from './config.js';
import { parseConfig, type Env } from './parse.js';

/**
 * The only code that reads the environment.
 * @param options.supplied values for settings that the environment does not set
 * @param options.overrides values that override the environment
 * @param options.standalone see parseConfig
 * @throws ConfigInvalidError listing every problem
 */
export function loadConfig(options: { supplied?: Env; overrides?: Env; standalone?: boolean } = {}): Config {
  const set = Object.entries(process.env).filter(([, value]) => value?.trim());
  return configFrom({ ...options.supplied, ...Object.fromEntries(set), ...options.overrides }, options);
}

/**
 * parseConfig that throws if there are problems.
 * @throws ConfigInvalidError listing every problem
 */
export function configFrom(env: Env, options: { standalone?: boolean } = {}): Config {
  const parsed = parseConfig(env, options);
  if (!parsed.ok) throw new ConfigInvalidError(parsed.problems);
  return parsed.config;
}
