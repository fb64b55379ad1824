import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import type { RedisTarget } from '../config/redis-target.js';
import { BoundedCluster } from './bounded-cluster.service.js';
import { BoundedRedis } from './bounded-redis.service.js';
import { sentinelOptions, serverOptions, type ReadTls } from './redis-options.js';

/** A connection to the Redis that holds the queue, or the connections to the nodes of a cluster. */
export type OpenRedis = Redis;

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
  const login = serverOptions(target, readTls);
  const how = { lazyConnect, enableOfflineQueue: waits };
  if (target.kind === 'cluster') {
    const more = once ? { ...how, clusterRetryStrategy: () => null } : how;
    // What the product calls has the same form in both; ioredis has no type for that.
    return new BoundedCluster(target.nodes, timeoutMs, login, more) as unknown as Redis;
  }
  return new BoundedRedis(target.kind === 'server' ? target.url : undefined, timeoutMs, {
    ...how,
    ...login,
    ...(target.kind === 'sentinels' ? sentinelOptions(target, timeoutMs, readTls) : {}),
    ...(once
      ? { maxRetriesPerRequest: 0, retryStrategy: () => null, sentinelRetryStrategy: () => null }
      : {}),
  });
}

/** Each server that holds a part of the queue. */
export function serversOf(redis: OpenRedis): Redis[] {
  return redis.isCluster ? (redis as unknown as Cluster).nodes('master') : [redis];
}

/** Hears errors of the connection; in a cluster also those of a node, which say more. */
export function onTrouble(redis: OpenRedis, hear: (error: Error) => void): void {
  const emitter: EventEmitter = redis;
  emitter.on('error', (error: Error & { lastNodeError?: Error }) => hear(error.lastNodeError ?? error));
  emitter.on('node error', hear);
}

/** The authority is read when a connection is opened; it keeps it when it connects again. */
export const readTls: ReadTls = (tls) => {
  if (tls === null) return undefined;
  return tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile, 'utf8') };
};
