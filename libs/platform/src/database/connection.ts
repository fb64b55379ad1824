import { readDatabaseUrl, type DatabaseHost, type SessionAttrs } from './database-url.js';

/** Settings of a session by name, in the order in which they are set. */
export type SessionSettings = Readonly<Record<string, string>>;

/**
 * Prisma writes timestamps without an offset and reads them as UTC, so a session in any other zone would shift every
 * time. By default the schema that is called like the login comes first: the login `breakwater` has one, for publishers.
 */
const EVERY_SESSION: SessionSettings = { timezone: 'UTC', search_path: 'public' };

/** What a `DatabaseClient` connects to, and the settings that a `SessionClient` makes. */
export interface ConnectionTarget {
  connectionString: string;
  /** Tried in this order. */
  hosts: DatabaseHost[];
  attrs: SessionAttrs;
  settings: SessionSettings;
}

/**
 * The options of every connection of the product. The settings are sent as statements: poolers refuse or ignore
 * startup parameters (docs/adr/0042-settings-by-statements.md).
 * @param url a PostgreSQL URL; `options` in it stay startup parameters, and our settings override them
 * @param settings further settings, or others for those of every session
 */
export function connectionTo(url: string, settings: SessionSettings = {}): ConnectionTarget {
  const { hosts, attrs, first } = readDatabaseUrl(url)!;
  return { connectionString: first, hosts, attrs, settings: { ...EVERY_SESSION, ...settings } };
}

/** One statement that makes settings for the rest of the session. Its row has the process id of the session as `pid`. */
export function setForSession(settings: SessionSettings): string {
  return `SELECT pg_backend_pid() AS pid, ${setting(settings, false).join(', ')}`;
}

/** One statement without a row that makes settings until the end of the transaction. */
export function setForTransaction(settings: SessionSettings): string {
  return `SELECT WHERE (${setting(settings, true).join(' || ')}) IS NULL`;
}

function setting(settings: SessionSettings, isLocal: boolean): string[] {
  return Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', '${value.replaceAll("'", "''")}', ${isLocal})`,
  );
}
