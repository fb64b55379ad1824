import { shownTarget, type RedisTarget } from '../config/redis-target.js';
import type { RedisMode } from '../redis/redis-mode.js';
import { addressesOf, readDatabaseUrl } from '../database/database-url.js';

/** A setting with the address of something. */
export interface Place {
  setting: string;
  /** `host:port`, or several between commas, without user and password. */
  at: string;
}

/** Why a process does not start: one kind per remedy. */
export type StartFault =
  | { kind: 'port_taken'; setting: string; port: number }
  | { kind: 'port_forbidden'; setting: string; port: number }
  | { kind: 'address_unknown'; setting: string; host: string }
  | ({ kind: 'database_unreachable'; why: string } & Place)
  | ({ kind: 'database_login_refused'; user: string } & Place)
  | ({ kind: 'database_missing'; database: string } & Place)
  | ({ kind: 'database_full' } & Place)
  | ({ kind: 'database_refused'; why: string } & Place)
  | ({ kind: 'sessions_lent'; lending: 'transaction' | 'statement' } & Place)
  | ({ kind: 'options_refused' } & Place)
  | ({ kind: 'reads_spread' } & Place)
  | { kind: 'databases_differ'; setting: string }
  | ({ kind: 'database_too_old'; version: number } & Place)
  | { kind: 'roles_missing'; database: string; roles: readonly string[] }
  | { kind: 'policies_missing'; database: string; count: number; first: string }
  | { kind: 'role_not_granted'; user: string; role: string }
  | { kind: 'role_not_made'; user: string; role: string }
  | { kind: 'migration_failed'; name: string; why: string }
  | { kind: 'database_unreleased'; database: string; first: string }
  | ({ kind: 'redis_unreachable'; why: string } & Place)
  | ({ kind: 'redis_login_refused' } & Place)
  | ({ kind: 'redis_is_sentinel' } & Place)
  | ({ kind: 'redis_is_cluster' } & Place)
  | ({ kind: 'redis_is_no_cluster' } & Place)
  | ({ kind: 'not_sentinels' } & Place)
  | ({ kind: 'primary_unknown'; name: string } & Place)
  | { kind: 'authority_unreadable'; setting: string; file: string; why: string }
  | { kind: 'disk_full'; folder: string }
  | { kind: 'folder_is_file'; folder: string }
  | { kind: 'folder_not_writable'; folder: string }
  | { kind: 'folder_read_only'; folder: string }
  | { kind: 'folder_closed'; folder: string; closed: string }
  | { kind: 'checkout_closed'; folder: string; closed: string }
  | { kind: 'folder_in_use'; folder: string }
  | { kind: 'folder_of_other_version'; folder: string; version: string }
  | { kind: 'kept_password_wrong'; folder: string }
  | { kind: 'postgres_failed'; folder: string; why: string };

/** The oldest major version of PostgreSQL that this version is tested with. */
export const OLDEST_POSTGRES = 15;

/** The cause and the remedy as one sentence; docs/guides/troubleshooting.md lists the same sentences. */
export function sentenceOf(fault: StartFault): string {
  switch (fault.kind) {
    case 'port_taken':
      return `port ${fault.port} is taken; set ${fault.setting} to another`;
    case 'port_forbidden':
      return `port ${fault.port} needs rights that this user does not have; set ${fault.setting} to 1024 or more`;
    case 'address_unknown':
      return `${fault.host} is not an address of this machine; set ${fault.setting} to 127.0.0.1, or to 0.0.0.0 for every address`;
    case 'database_unreachable':
      return `PostgreSQL at ${fault.at} cannot be reached (${fault.why}); check ${fault.setting}, and that the server runs`;
    case 'database_login_refused':
      return `PostgreSQL at ${fault.at} refuses the login of user "${fault.user}"; check the user and the password in ${fault.setting}`;
    case 'database_missing':
      return `PostgreSQL at ${fault.at} has no database "${fault.database}"; create it, or correct ${fault.setting}`;
    case 'database_full':
      return `PostgreSQL at ${fault.at} has no space left on its disk; free some there (${fault.setting})`;
    case 'database_refused':
      return `PostgreSQL at ${fault.at} refuses to work (${fault.why}); check the server that ${fault.setting} names`;
    case 'sessions_lent':
      return sessionsLent(fault);
    case 'options_refused':
      return `the pooler at ${fault.at} refuses the startup parameter options; remove options from ${fault.setting}`;
    case 'reads_spread':
      return `${fault.at} (${fault.setting}) is pgpool that sends reads to standbys, where they lag and have no settings; set its load_balance_mode to off`;
    case 'databases_differ':
      return `${fault.setting} leads to another database than DATABASE_URL; let both name the same database of the same server`;
    case 'database_too_old':
      return `PostgreSQL at ${fault.at} is version ${fault.version}, and ${OLDEST_POSTGRES} or newer is needed; upgrade the server, or let ${fault.setting} name another one`;
    case 'roles_missing':
      return `the server of database "${fault.database}" lacks the roles of its policies (${fault.roles.join(', ')}), as after a restore without roles; make them with prisma/roles.sql, then restore the backup into a new database`;
    case 'policies_missing':
      return `database "${fault.database}" lacks ${fault.count} of its policies and rights (first: ${fault.first}), as after a restore without roles; make the roles with prisma/roles.sql, then restore the backup into a new database`;
    case 'role_not_granted':
      return `login "${fault.user}" may not take on the role "${fault.role}"; let an administrator run prisma/roles.sql, or set DATABASE_OWNER_URL and run npm run migrate`;
    case 'role_not_made':
      return `login "${fault.user}" may not make, change or grant the role "${fault.role}"; let an administrator run prisma/roles.sql, then run npm run migrate again`;
    case 'migration_failed':
      return `migration ${fault.name} failed and changed nothing (${fault.why}); remove the cause, then run npm run migrate again`;
    case 'database_unreleased':
      return `database "${fault.database}" was made by an unreleased version (its first migration is ${fault.first}), which this version cannot bring up to date; set DATABASE_URL or BREAKWATER_DATA_DIR to a new one, or go back to that version`;
    case 'redis_unreachable':
      return `Redis at ${fault.at} cannot be reached (${fault.why}); check ${fault.setting} and that the server runs, or leave ${fault.setting} out: then the queue runs in PostgreSQL`;
    case 'redis_login_refused':
      return `Redis at ${fault.at} refuses the login; check the user and the password in ${fault.setting}`;
    case 'redis_is_sentinel':
      return `Redis at ${fault.at} is a sentinel, which holds no queue; set REDIS_SENTINELS to the sentinels and REDIS_SENTINEL_NAME to what they call their primary, and leave ${fault.setting} out`;
    case 'redis_is_cluster':
      return `Redis at ${fault.at} runs as a cluster; set REDIS_CLUSTER to some of its nodes, and leave ${fault.setting} out`;
    case 'redis_is_no_cluster':
      return `Redis at ${fault.at} does not run as a cluster; set REDIS_URL instead of ${fault.setting}`;
    case 'not_sentinels':
      return `no server at ${fault.at} is a sentinel; correct ${fault.setting}, or set REDIS_URL to a Redis without sentinels`;
    case 'primary_unknown':
      return `the sentinels at ${fault.at} know no primary called "${fault.name}"; correct REDIS_SENTINEL_NAME`;
    case 'authority_unreadable':
      return `the certificate authority in ${fault.file} cannot be read (${fault.why}); correct ${fault.setting}`;
    case 'disk_full':
      return `there is no space left for ${fault.folder}; free some, or set BREAKWATER_DATA_DIR to a folder on another disk`;
    case 'folder_is_file':
      return `${fault.folder} is not a folder; set BREAKWATER_DATA_DIR to a folder`;
    case 'folder_not_writable':
      return `${fault.folder} cannot be written by this user; change its owner or its mode, or set BREAKWATER_DATA_DIR to another folder`;
    case 'folder_read_only':
      return `${fault.folder} is on a read-only file system; set BREAKWATER_DATA_DIR to another folder`;
    case 'folder_closed':
      return `PostgreSQL runs as the user "postgres" when root starts it, and that user cannot reach ${fault.folder}, because ${fault.closed} is closed to others; start as another user than root, or set BREAKWATER_DATA_DIR to a folder outside ${fault.closed}`;
    case 'checkout_closed':
      return `PostgreSQL runs as the user "postgres" when root starts it, and that user cannot reach its program in ${fault.folder}, because ${fault.closed} is closed to others; start as another user than root, or move the checkout out of ${fault.closed}`;
    case 'folder_in_use':
      return `another Breakwater runs on ${fault.folder}; stop it first, or set BREAKWATER_DATA_DIR and API_PORT to others`;
    case 'folder_of_other_version':
      return `${fault.folder} was made by PostgreSQL ${fault.version}, which this version cannot read; set BREAKWATER_DATA_DIR to another folder, or go back to the Breakwater that made it`;
    case 'kept_password_wrong':
      return `the password in ${fault.folder}/postgres-password is not the one of the database beside it; put the right file back, or set BREAKWATER_DATA_DIR to another folder`;
    case 'postgres_failed':
      return `PostgreSQL in ${fault.folder} did not start (${fault.why}); its lines are above`;
  }
}

function sessionsLent({ lending, setting, at }: Extract<StartFault, { kind: 'sessions_lent' }>): string {
  const lends = `${at} is a pooler that lends a session of PostgreSQL for one ${lending}`;
  if (setting !== 'DATABASE_URL')
    return `${lends}; let ${setting} name PostgreSQL itself, or set its pool_mode to session`;
  return `${lends}; set its pool_mode to session, or to transaction with DATABASE_SESSION_URL for the way past it`;
}

/** Why a server cannot listen. @returns null when the error means something else */
export function listenFault(
  error: unknown,
  asked: { portSetting: string; port: number; hostSetting: string; host: string },
): StartFault | null {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return { kind: 'port_taken', setting: asked.portSetting, port: asked.port };
    case 'EACCES':
      return { kind: 'port_forbidden', setting: asked.portSetting, port: asked.port };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { kind: 'address_unknown', setting: asked.hostSetting, host: asked.host };
    default:
      return null;
  }
}

/** Network errors that mean that no server answers. */
const NETWORK: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved now',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
};

/** Why PostgreSQL at `url` cannot be used. The sentence shows neither password nor parameters of the URL. */
export function databaseFault(error: unknown, setting: string, url: string): StartFault | null {
  const target = readDatabaseUrl(url)!;
  const place = { setting, at: addressesOf(target) };
  const code = codeOf(error);
  if (code !== undefined && code in NETWORK)
    return { kind: 'database_unreachable', ...place, why: NETWORK[code]! };
  if (/timeout|terminated/i.test(messageOf(error)))
    return { kind: 'database_unreachable', ...place, why: 'no answer in time' };
  if (/unsupported startup parameter: options/.test(messageOf(error)))
    return { kind: 'options_refused', ...place };
  switch (code) {
    case '28P01':
    case '28000':
      return { kind: 'database_login_refused', ...place, user: target.user };
    case '3D000':
      return { kind: 'database_missing', ...place, database: target.database };
    case '53100':
      return { kind: 'database_full', ...place };
    case '25006':
    case '53300':
    case '57P03':
      return { kind: 'database_refused', ...place, why: messageOf(error) };
    default:
      return null;
  }
}

/** A pooler at `url` does not keep sessions for as long as a connection needs them. */
export function lendingFault(lending: 'transaction' | 'statement', setting: string, url: string): StartFault {
  return { kind: 'sessions_lent', lending, setting, at: addressesOf(readDatabaseUrl(url)!) };
}

/** A pgpool at `url` sends reads to standbys. */
export function spreadingFault(setting: string, url: string): StartFault {
  return { kind: 'reads_spread', setting, at: addressesOf(readDatabaseUrl(url)!) };
}

/**
 * Whether a server is older than what is supported.
 * @param versionNumber `server_version_num`, for example 140012
 */
export function versionFault(versionNumber: number, setting: string, url: string): StartFault | null {
  if (versionNumber >= OLDEST_POSTGRES * 10_000) return null;
  const version = Math.floor(versionNumber / 10_000);
  return { kind: 'database_too_old', setting, at: addressesOf(readDatabaseUrl(url)!), version };
}

/** Why Redis cannot be used. */
export function redisFault(error: unknown, place: Place): StartFault {
  if (/NOAUTH|WRONGPASS|NOPERM|invalid password/i.test(messageOf(error)))
    return { kind: 'redis_login_refused', ...place };
  const why =
    NETWORK[codeOf(error) ?? ''] ??
    (/timeout|timed out/i.test(messageOf(error)) ? 'no answer in time' : messageOf(error));
  return { kind: 'redis_unreachable', ...place, why };
}

/** Whether a Redis of this kind cannot hold the queue. @param mode null: it does not say */
export function redisKindFault(target: RedisTarget, mode: RedisMode | null): StartFault | null {
  const place = { setting: target.setting, at: shownTarget(target) };
  if (mode === 'sentinel') return { kind: 'redis_is_sentinel', ...place };
  if (mode === 'cluster' && target.kind !== 'cluster') return { kind: 'redis_is_cluster', ...place };
  if (mode === 'standalone' && target.kind === 'cluster') return { kind: 'redis_is_no_cluster', ...place };
  return null;
}

/** Why a file or folder cannot be created or read. @returns null when the error means something else */
export function folderFault(error: unknown, folder: string): StartFault | null {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { kind: 'disk_full', folder };
    case 'ENOTDIR':
    case 'EEXIST':
      return { kind: 'folder_is_file', folder };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'folder_not_writable', folder };
    case 'EROFS':
      return { kind: 'folder_read_only', folder };
    default:
      return null;
  }
}

/** Why the PostgreSQL of a data folder ended, judged by its output and that of initdb. */
export function postgresFault(said: string, folder: string): StartFault {
  if (/No space left on device|ENOSPC|Disk quota exceeded/.test(said)) return { kind: 'disk_full', folder };
  if (/Read-only file system|EROFS/.test(said)) return { kind: 'folder_read_only', folder };
  if (/lock file "postmaster\.pid" already exists|is another postmaster/i.test(said))
    return { kind: 'folder_in_use', folder };
  const version = /initialized by PostgreSQL version (\d+)/.exec(said)?.[1];
  if (version !== undefined) return { kind: 'folder_of_other_version', folder, version };
  if (/ENOTDIR|EEXIST|Not a directory/.test(said)) return { kind: 'folder_is_file', folder };
  if (/Permission denied|EACCES|EPERM/.test(said)) return { kind: 'folder_not_writable', folder };
  const lines = said.split('\n').map((line) => line.trim());
  const why = lines.findLast((line) => /FATAL|PANIC|error:/i.test(line)) ?? lines.findLast(Boolean);
  return { kind: 'postgres_failed', folder, why: why ?? 'it printed nothing' };
}

/** The code of an error or of its cause; a failed connection to several addresses has one for each. */
function codeOf(error: unknown): string | undefined {
  const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  if (cause !== undefined) return codeOf(cause);
  return errors?.length ? codeOf(errors[0]) : undefined;
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: string };
  return (message ?? String(error)).split('\n', 1)[0]!;
}
