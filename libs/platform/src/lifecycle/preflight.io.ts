import { createServer } from 'node:net';
import type { Config } from '../config/index.js';
import type { DatabaseConfig } from '../config/sections/storage.js';
import { shownTarget } from '../config/redis-target.js';
import { connectionTo } from '../database/connection.js';
import { DatabaseClient } from '../database/database-client.service.js';
import { checkMembership, checkRights } from '../migrations/rights.io.js';
import { openRedis } from '../redis/open-redis.io.js';
import { checkRedisKind } from './redis-kind.io.js';
import { lendingOf, spreadsReads } from './session-lending.io.js';
import {
  databaseFault,
  lendingFault,
  listenFault,
  redisFault,
  spreadingFault,
  versionFault,
} from './start-fault.js';
import { StartRefusedError } from './start-refused.error.js';
import { GOODBYE_MS, within } from './within.io.js';

/** Longest wait for one server to answer at a start, ms. */
const LIMIT_MS = 5_000;

/** The database with its server: two servers do not start in the same microsecond. */
const WHICH = `SELECT concat(current_database(), ' ', pg_postmaster_start_time()) AS database`;

/**
 * Checks that the ports of this process are free, before anything else is done.
 * @param listensForApi false for a worker, which has no API port
 * @throws StartRefusedError
 */
export async function checkPorts(
  config: Config,
  { listensForApi }: { listensForApi: boolean },
): Promise<void> {
  const { api, telemetry } = config;
  if (listensForApi) {
    await tryPort({ portSetting: 'API_PORT', port: api.port, hostSetting: 'API_HOST', host: api.host });
  }
  if (telemetry.metricsPort !== undefined) {
    await tryPort({
      portSetting: 'METRICS_PORT',
      port: telemetry.metricsPort,
      hostSetting: 'METRICS_HOST',
      host: telemetry.metricsHost,
    });
  }
}

/**
 * Checks the databases of a process that does not migrate: each can be used, and is the same one.
 * @throws StartRefusedError, or the error of PostgreSQL where there is no sentence for it
 */
export async function checkDatabases({
  url,
  sessionUrl,
}: Pick<DatabaseConfig, 'url' | 'sessionUrl'>): Promise<void> {
  const ordinary = await checkDatabase('DATABASE_URL', url, { sharesSessions: sessionUrl !== undefined });
  if (sessionUrl === undefined) return;
  const past = await checkDatabase('DATABASE_SESSION_URL', sessionUrl);
  if (past !== ordinary)
    throw new StartRefusedError({ kind: 'databases_differ', setting: 'DATABASE_SESSION_URL' });
}

/**
 * Checks that a login can connect to its database, that its connections keep their sessions, and that the database has
 * the roles and policies it was migrated with.
 * @param setting name of the setting with `url`, for people
 * @param migrates true for a login that migrates, which may make itself a member of the roles
 * @param sharesSessions true where a pooler may lend a session for one transaction only
 * @returns a text that is the same for the same database
 * @throws StartRefusedError, or the error of PostgreSQL where there is no sentence for it
 */
export async function checkDatabase(
  setting: string,
  url: string,
  { migrates = false, sharesSessions = false }: { migrates?: boolean; sharesSessions?: boolean } = {},
): Promise<string> {
  const clients: DatabaseClient[] = [];
  const open = async (): Promise<DatabaseClient> => {
    const client = new DatabaseClient({
      ...connectionTo(url),
      application_name: 'breakwater-start',
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
    });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  try {
    const client = await open();
    const lending = await lendingOf(client, open);
    if (lending === 'statement' || (lending === 'transaction' && !sharesSessions))
      throw new StartRefusedError(lendingFault(lending, setting, url));
    if (await spreadsReads(client)) throw new StartRefusedError(spreadingFault(setting, url));
    await checkVersion(client, setting, url);
    await checkRights(client, { newest: false });
    if (!migrates) await checkMembership(client);
    const { rows } = await client.query<{ database: string }>(WHICH);
    return rows[0]!.database;
  } catch (error) {
    if (error instanceof StartRefusedError) throw error;
    throw refusedBy(error, databaseFault(error, setting, url));
  } finally {
    await Promise.all(clients.map((client) => within(client.end(), GOODBYE_MS)));
  }
}

async function checkVersion(client: DatabaseClient, setting: string, url: string): Promise<void> {
  const { rows } = await client.query<{ number: number }>(
    `SELECT current_setting('server_version_num')::int AS number`,
  );
  const fault = versionFault(rows[0]!.number, setting, url);
  if (fault !== null) throw new StartRefusedError(fault);
}

/**
 * Checks that Redis answers and can hold the queue, if the queue uses it.
 * @throws StartRefusedError
 */
export async function checkRedis(config: Config): Promise<void> {
  const { redis: target } = config;
  if (target === null) return;
  await checkRedisKind(config);
  const redis = openRedis(target, LIMIT_MS, { lazyConnect: true, once: true });
  let seen: unknown;
  redis.on('error', (error) => (seen ??= error));
  try {
    await redis.connect();
    await redis.call('HELLO');
  } catch (error) {
    const fault = redisFault(seen ?? error, { setting: target.setting, at: shownTarget(target) });
    throw new StartRefusedError(fault, { cause: error });
  } finally {
    redis.disconnect();
  }
}

/** The refusal that `error` means, or `error` itself where no sentence fits. */
export function refusedBy(error: unknown, fault: StartRefusedError['fault'] | null): Error {
  return fault === null ? (error as Error) : new StartRefusedError(fault, { cause: error });
}

async function tryPort(asked: Parameters<typeof listenFault>[1]): Promise<void> {
  if (asked.port === 0) return;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(asked.port, asked.host, resolve);
    });
  } catch (error) {
    throw refusedBy(error, listenFault(error, asked));
  }
  await new Promise((resolve) => server.close(resolve));
}
