import { addressesOf, readDatabaseUrl } from '../database/database-url.js';
import { type Config, holdersOf } from './config.js';
import { settingsOf, type Setting } from './setting.js';

const HIDDEN = '***';

/** One `NAME=value` line per setting under its section, secrets hidden, for `--print-config`. */
export function describeConfig(config: Config): string {
  const sections = new Map<string, string[]>();
  for (const { setting, value } of valuesOf(config)) {
    const lines = sections.get(setting.section) ?? [];
    lines.push(value === undefined ? `# ${setting.env}=` : `${setting.env}=${shown(setting, value)}`);
    sections.set(setting.section, lines);
  }
  const timeouts = Object.entries(config.timeouts.byCapability);
  sections
    .get('Timeouts')
    ?.push(...timeouts.map(([name, ms]) => `WEBHOOK_TIMEOUT_${name.toUpperCase()}=${ms}`));
  return [...sections].map(([title, lines]) => `# ${title}\n${lines.join('\n')}\n`).join('\n');
}

/** A setting as people may see it. */
export interface ShownSetting {
  name: string;
  section: string;
  about: string;
  /** Secrets hidden; null: it is not set. */
  value: string | null;
}

/** What `describeConfig` prints, setting by setting. */
export function shownSettings(config: Config): ShownSetting[] {
  return valuesOf(config).map(({ setting, value }) => ({
    name: setting.env,
    section: setting.section,
    about: setting.about,
    value: value === undefined ? null : shown(setting, value),
  }));
}

/** Every setting with its value, section by section. */
export function valuesOf(config: Config): { setting: Setting; value: unknown }[] {
  return holdersOf(config).flatMap((holder) =>
    settingsOf(holder).map((setting) => ({ setting, value: blankless(Reflect.get(holder, setting.key)) })),
  );
}

function blankless(value: unknown): unknown {
  return value === '' || (Array.isArray(value) && value.length === 0) ? undefined : value;
}

function shown({ kind, secret }: Setting, value: unknown): string {
  if (secret === 'password') return withoutPassword(String(value));
  if (!secret || kind.name === 'keys') return kind.show(value);
  return HIDDEN;
}

/** The URL with its password, and every query value that may be one, hidden. */
function withoutPassword(text: string): string {
  const database = readDatabaseUrl(text);
  const several = database !== null && database.hosts.length > 1 ? database : null;
  const url = URL.parse(several?.first ?? text);
  if (url === null) return HIDDEN;
  if (url.password !== '') url.password = HIDDEN;
  for (const name of Array.from(url.searchParams.keys())) {
    if (/pass|secret|key|token/i.test(name)) url.searchParams.set(name, HIDDEN);
  }
  if (several === null) return url.href;
  url.searchParams.set('target_session_attrs', several.attrs);
  const start = url.username === '' ? '//' : '@';
  return url.href.replace(`${start}${url.host}`, `${start}${addressesOf(several)}`);
}
