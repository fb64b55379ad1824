import { validateSync } from 'class-validator';
import type { Problem } from '../errors/breakwater.error.js';
import { Config, holdersOf } from './config.js';
import { relationProblems } from './relations.js';
import { settingsOf, type Setting } from './setting.js';
import { readCapabilityTimeouts } from './capability-timeouts.js';
import { unknownNameProblems } from './unknown-names.js';

export type Env = Readonly<Record<string, string | undefined>>;
export type ParsedConfig = { ok: true; config: Config } | { ok: false; problems: Problem[] };

/**
 * Reads and checks every setting. Lists all problems at once; `pointer` names the variable, secrets are never shown.
 * @param options.standalone allows DATABASE_URL and ENCRYPTION_KEYS to be absent, because `npm start` supplies them
 * later
 */
export function parseConfig(env: Env, options: { standalone?: boolean } = {}): ParsedConfig {
  const config = new Config();
  const problems = holdersOf(config).flatMap((holder) => fill(holder, env, options.standalone ?? false));
  const timeouts = readCapabilityTimeouts(env, config.timeouts.byCapability);
  Object.assign(config.timeouts, { byCapability: Object.freeze(timeouts.byCapability) });
  problems.push(...timeouts.problems, ...unknownNameProblems(env), ...relationProblems(env, config));
  if (problems.length > 0) return { ok: false, problems };

  if (config.api.publicBaseUrl === '') {
    Object.assign(config.api, { publicBaseUrl: `http://localhost:${config.api.port}` });
  }
  for (const holder of holdersOf(config)) Object.freeze(holder);
  return { ok: true, config };
}

function fill(holder: object, env: Env, standalone: boolean): Problem[] {
  const settings = settingsOf(holder);
  const problems: Problem[] = [];
  for (const { env: name, key, kind, required } of settings) {
    const text = env[name]?.trim();
    // An empty value means "not set": compose files and shells pass on empty variables.
    if (text) Object.assign(holder, { [key]: kind.read(text) });
    else if (required && !standalone) {
      problems.push({
        pointer: `/${name}`,
        rule: 'required',
        message: `${name} is required: ${kind.expects}`,
        bounds: kind.bounds,
      });
    }
  }
  const broken = validateSync(holder, { skipMissingProperties: true });
  for (const { property, constraints } of broken) {
    const setting = settings.find(({ key }) => key === property);
    if (setting && env[setting.env]?.trim()) problems.push(brokenRule(setting, env, constraints ?? {}));
  }
  return problems;
}

function brokenRule(setting: Setting, env: Env, constraints: Record<string, string>): Problem {
  const { env: name, kind, secret } = setting;
  const problem = {
    pointer: `/${name}`,
    rule: Object.keys(constraints)[0] ?? kind.name,
    message: `${name} must be ${kind.expects}`,
    bounds: kind.bounds,
  };
  return secret ? problem : { ...problem, value: env[name]?.slice(0, 200) };
}
