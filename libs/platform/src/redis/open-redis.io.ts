import { readFileSync } from 'node:fs';
import type { RedisTarget } from '../config/redis-target.js';
import { BoundedRedis, type BoundedRedisOptions } from './bounded-redis.service.js';
import { sentinelOptions, serverOptions, type ReadTls } from './redis-options.js';

/** A connection to the Redis that holds the queue. */
export type OpenRedis = BoundedRedis;

export interface OpenOptions {
  /** Connects at `connect()` only. */
  lazyConnect?: boolean;
  /** A command waits for the connection; with false it fails at once while there is none. */
  waits?: boolean;
  /** Gives up when it cannot connect. */
  once?: boolean;
}

/**
 * Opens a connection to the Redis that the settings name. All connections of the product are opened here.
 * @param timeoutMs longest wait for a connection and for an answer
 * @throws Error when the file of the certificate authority cannot be read
 */
export function openRedis(target: RedisTarget, timeoutMs: number, open: OpenOptions = {}): OpenRedis {
  const { lazyConnect = false, waits = true, once = false } = open;
  const options: BoundedRedisOptions = {
    lazyConnect,
    enableOfflineQueue: waits,
    ...serverOptions(target, readTls),
    ...(target.kind === 'sentinels' ? sentinelOptions(target, timeoutMs, readTls) : {}),
    ...(once
      ? { maxRetriesPerRequest: 0, retryStrategy: () => null, sentinelRetryStrategy: () => null }
      : {}),
  };
  return new BoundedRedis(target.kind === 'server' ? target.url : undefined, timeoutMs, options);
}

/** The authority is read for each connection: a file that was replaced is used from the next one on. */
export const readTls: ReadTls = (tls) => {
  if (tls === null) return undefined;
  return tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile, 'utf8') };
};
