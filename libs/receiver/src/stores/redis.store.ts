import type { Store } from './store.js';

/** Of `ioredis`. */
interface CallClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** Of `redis` (node-redis). */
interface SendClient {
  sendCommand(args: string[]): Promise<unknown>;
}

export type RedisClient = CallClient | SendClient;

/** Before an answer, so that no answer looks like a claim. */
const DONE = '=';
const FORGET = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/** @param client of `ioredis` or `redis` */
export function redisStore(client: RedisClient, { prefix = 'breakwater:webhook:' } = {}): Store {
  const send = (command: string, ...args: string[]): Promise<unknown> =>
    'call' in client ? client.call(command, ...args) : client.sendCommand([command, ...args]);
  const whole = (ms: number) => String(Math.max(1, Math.round(ms)));

  return {
    async claim(id, token, leaseMs) {
      const key = prefix + id;
      if (await send('SET', key, token, 'PX', whole(leaseMs), 'NX')) return { state: 'new' };
      const value = await send('GET', key);
      const text = typeof value === 'string' ? value : '';
      return text.startsWith(DONE)
        ? { state: 'done', answer: text.slice(DONE.length) }
        : { state: 'running' };
    },
    async finish(id, answer, keepMs) {
      await send('SET', prefix + id, DONE + answer, 'PX', whole(keepMs));
    },
    async forget(id, token) {
      await send('EVAL', FORGET, '1', prefix + id, token);
    },
  };
}
