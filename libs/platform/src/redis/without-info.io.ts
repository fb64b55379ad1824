/** Only Redis 6 and newer can deny INFO; this is the oldest of them that BullMQ accepts without a warning. */
const WITHOUT_INFO = 'redis_version:6.2.0\r\n';

type Ready = (error: Error | null, text?: string) => void;

/**
 * Lets a connection work whose user may not ask INFO: ioredis and BullMQ use it for the version only, and BullMQ would
 * give up for good without it.
 */
export function withoutInfo(redis: { info: unknown }): void {
  const ask = (redis.info as () => Promise<string>).bind(redis);
  redis.info = (ready?: Ready): Promise<string> => {
    const text = ask().catch((error: Error) => {
      // ioredis passes `ready`, and connects again when it fails; BullMQ asks once.
      if (ready && !error.message.includes('NOPERM')) throw error;
      return WITHOUT_INFO;
    });
    if (ready) text.then((answer) => ready(null, answer), ready);
    return text;
  };
}
