/**
 * Sends requests to one URL: a number at once, or a rate per second whatever the answers are. A process of its own.
 */
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';

export interface Load {
  url: string;
  /** `{uuid}` in a value is replaced by another one for each request. */
  headers: Record<string, string>;
  /** `"sentAt":0` in it is replaced by the time of sending. */
  body: string;
  count: number;
  inFlight: number;
  /** Open loop: requests are sent at this rate, at most `inFlight` at once. */
  perSecond?: number;
}

export interface Sent {
  seconds: number;
  statuses: Record<string, number>;
  /** Different `deliveryId`s in the answers. */
  ids: number;
  p50Ms: number;
  p95Ms: number;
}

const STEP_MS = 5;

async function run({ url, headers, body, count, inFlight, perSecond }: Load): Promise<Sent> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: inFlight, pipelining: 1 });
  const isStamped = body.includes('"sentAt":0');
  const unique = Object.keys(headers).filter((name) => headers[name]!.includes('{uuid}'));
  const headersOfOne = (): Record<string, string> => {
    if (unique.length === 0) return headers;
    const own = unique.map((name) => [name, headers[name]!.replace('{uuid}', randomUUID())]);
    return { ...headers, ...(Object.fromEntries(own) as Record<string, string>) };
  };
  const statuses: Record<string, number> = {};
  const ids = new Set<string>();
  const tookMs: number[] = [];
  const one = async (): Promise<void> => {
    const started = performance.now();
    const stamped = isStamped ? body.replace('"sentAt":0', `"sentAt":${Date.now()}`) : body;
    const answer = await pool.request({
      path: pathname,
      method: 'POST',
      headers: headersOfOne(),
      body: stamped,
    });
    const text = await answer.body.text();
    tookMs.push(performance.now() - started);
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
    const id = /"deliveryId":"([^"]+)"/.exec(text)?.[1];
    if (id !== undefined) ids.add(id);
  };
  const started = performance.now();
  await (perSecond === undefined ? closed(count, inFlight, one) : open(count, perSecond, one));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number => Number(tookMs[Math.floor((tookMs.length - 1) * share)]!.toFixed(2));
  return { seconds, statuses, ids: ids.size, p50Ms: at(0.5), p95Ms: at(0.95) };
}

async function closed(count: number, inFlight: number, one: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function open(count: number, perSecond: number, one: () => Promise<void>): Promise<void> {
  const all: Promise<void>[] = [];
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((performance.now() - started) / 1000) * perSecond));
      while (all.length < due) all.push(one());
      if (all.length < count) return;
      clearInterval(timer);
      resolve();
    }, STEP_MS);
  });
  await Promise.all(all);
}

process.on('message', (load: Load) => {
  void run(load).then(
    (sent) => process.send?.(sent),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
