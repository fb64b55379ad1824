import { Redis } from 'ioredis';
import type { EngineWorld } from './engine.js';

/** Removes every wake-up of a world, like a flushed Redis or truncated queue tables. */
export async function wipeQueue({ redisUrl, queuePrefix, db }: EngineWorld): Promise<void> {
  if (redisUrl === null) {
    const { rows } = await db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname = 'bullmq' AND tablename LIKE '%job%'`,
    );
    await db.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')} CASCADE`);
    return;
  }
  const redis = new Redis(redisUrl);
  const keys = await redis.keys(`${queuePrefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
}
