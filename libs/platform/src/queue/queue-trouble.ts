/** Where the queue is, in the words of an operator. */
export type QueuePlace = { backend: 'redis'; setting: string } | { backend: 'postgres' };

/** What an error of the queue's backend means, with the remedy where one is known. */
export function queueTrouble(error: { message: string; code?: unknown }, place: QueuePlace): string {
  return place.backend === 'redis' ? redisTrouble(error.message, place.setting) : postgresTrouble(error);
}

function redisTrouble(message: string, setting: string): string {
  if (/NOPERM/.test(message))
    return `Redis denies the user of ${setting} a command; grant the rights listed in docs/operations/redis-acl.md (${message})`;
  if (/NOAUTH|WRONGPASS|invalid password/i.test(message))
    return `Redis refuses the login; set user and password in ${setting} (${message})`;
  if (/^OOM|\bOOM command/.test(message))
    return `Redis is full and takes no writes; raise its maxmemory (${message})`;
  if (/READONLY/.test(message))
    return `Redis is a replica and takes no writes; set ${setting} to the primary (${message})`;
  if (/All sentinels are unreachable/.test(message))
    return `no sentinel of ${setting} names the primary; check that they run, and REDIS_SENTINEL_NAME (${message})`;
  if (/unknown command/i.test(message))
    return `Redis does not know a command of the queue, as if ${setting} named a sentinel; set REDIS_SENTINELS for that (${message})`;
  if (/CLUSTERDOWN/.test(message))
    return `a part of the cluster of Redis has no primary; check its nodes (${message})`;
  if (/MOVED|CROSSSLOT/.test(message))
    return `Redis runs as a cluster; set REDIS_CLUSTER instead of ${setting} (${message})`;
  if (/timed out|timeout|ETIMEDOUT/i.test(message)) return `Redis does not answer (${message})`;
  if (
    /no connection|isn't ready|slots cache|startup nodes|ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|closed|Stream isn't writeable|max retries/i.test(
      message,
    )
  )
    return `Redis cannot be reached (${message})`;
  return `Redis: ${message}`;
}

function postgresTrouble({ message, code }: { message: string; code?: unknown }): string {
  switch (code) {
    case '42883':
    case '42P01':
    case '3F000':
      return `the queue's tables or functions are missing in PostgreSQL; run DROP SCHEMA bullmq CASCADE, then npm run migrate: only wake-ups are lost, and workers find what is due (${message})`;
    case '42501':
      return `PostgreSQL denies the queue's schema bullmq; run npm run migrate as its owner (${message})`;
    default:
      return `the queue in PostgreSQL: ${message}`;
  }
}
