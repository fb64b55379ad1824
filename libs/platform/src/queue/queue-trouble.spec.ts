import { describe, expect, it } from 'vitest';
import { queueTrouble, type QueuePlace } from './queue-trouble.js';

const REDIS: QueuePlace = { backend: 'redis', setting: 'REDIS_URL' };

describe('trouble of a queue in Redis', () => {
  it.each([
    ["NOPERM User x has no permissions to run the 'info' command", /denies the user of REDIS_URL.*grant/],
    ['WRONGPASS invalid username-password pair', /refuses the login; set user and password in REDIS_URL/],
    ['NOAUTH Authentication required.', /refuses the login/],
    ["OOM command not allowed when used memory > 'maxmemory'.", /is full.*raise its maxmemory/],
    ["READONLY You can't write against a read only replica.", /is a replica.*set REDIS_URL to the primary/],
    ['CLUSTERDOWN The cluster is down', /a part of the cluster of Redis has no primary/],
    ['Failed to refresh slots cache.', /cannot be reached/],
    ['CROSSSLOT Keys in request do not hash', /runs as a cluster/],
    [
      'All sentinels are unreachable. Retrying from scratch after 50ms.',
      /no sentinel of REDIS_URL names the/,
    ],
    ["ERR unknown command 'eval'", /as if REDIS_URL named a sentinel; set REDIS_SENTINELS/],
    ['Command timed out', /does not answer/],
    ['connect ECONNREFUSED 127.0.0.1:9', /cannot be reached/],
    ['Connection is closed.', /cannot be reached/],
    ['something else', /^Redis: something else$/],
  ])('%s', (message, expected) => {
    const said = queueTrouble({ message }, REDIS);
    expect(said).toMatch(expected);
    expect(said).toContain(message);
  });
});

describe('trouble of a queue in PostgreSQL', () => {
  it.each([
    ['42883', /missing in PostgreSQL; run DROP SCHEMA bullmq CASCADE, then npm run migrate/],
    ['42P01', /missing in PostgreSQL/],
    ['3F000', /missing in PostgreSQL/],
    ['42501', /denies the queue's schema.*npm run migrate as its owner/],
    [undefined, /^the queue in PostgreSQL: why$/],
  ])('%s', (code, expected) => {
    expect(queueTrouble({ message: 'why', code }, { backend: 'postgres' })).toMatch(expected);
  });
});
