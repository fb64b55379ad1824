import { createServer } from 'node:net';
import type { Config } from '../config/index.js';
import { shownTarget } from '../config/redis-target.js';
import { connectionTo } from '../database/connection.js';
import { DatabaseClient } from '../database/database-client.service.js';
import { checkMembership, checkRights } from '../migrations/rights.io.js';
import { openRedis } from '../redis/open-redis.io.js';
import { checkRedisKind } from './redis-kind.io.js';
import { databaseFault, listenFault, redisFault } from './start-fault.js';
import { StartRefusedError } from './start-refused.error.js';
import { GOODBYE_MS, within } from './within.io.js';

/** Longest wait for one server to answer at a start, ms. */
const LIMIT_MS = 5_000;

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
 * Checks that a login can connect to its database, and that the database has the roles and policies it was migrated
 * with.
 * @param setting name of the setting with `url`, for people
 * @param migrates true for a login that migrates, which may make itself a member of the roles
 * @throws StartRefusedError, or the error of PostgreSQL where there is no sentence for it
 */
export async function checkDatabase(
  setting: string,
  url: string,
  { migrates = false }: { migrates?: boolean } = {},
): Promise<void> {
  const client = new DatabaseClient({
    ...connectionTo(url),
    application_name: 'breakwater-start',
    connectionTimeoutMillis: LIMIT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await checkRights(client, { newest: false });
    if (!migrates) await checkMembership(client);
  } catch (error) {
    if (error instanceof StartRefusedError) throw error;
    throw refusedBy(error, databaseFault(error, setting, url));
  } finally {
    await within(client.end(), GOODBYE_MS);
  }
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
    await redis.ping();
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
