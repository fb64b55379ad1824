import { freePort } from '../apps/standalone/src/free-port.js';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { AUTHORIZED, memoryMibOf } from './programs.js';
import type { Result } from './rounds.js';

const APP = 'bench_soak';
const LOOKS_EVERY_MS = 1_000;

/** Memory over time at a steady rate, with enough slots for twice the rate. */
export async function benchSoak(
  ground: Ground,
  { minutes, perSecond }: { minutes: number; perSecond: number },
): Promise<Result> {
  const metricsPort = await freePort();
  const installation = await Installation.start(
    ground,
    1,
    { QUEUE_CONCURRENCY: '50' },
    { METRICS_PORT: String(metricsPort) },
  );
  await installation.register(APP, { report: { url: '/', async: true, concurrency: 50 } });
  const metrics = {
    api: `${installation.api.url}/metrics`,
    worker: `http://127.0.0.1:${metricsPort}/metrics`,
  };
  const worst = { api: { waiting: 0, lagMs: 0 }, worker: { waiting: 0, lagMs: 0 } };
  const look = async (name: keyof typeof worst): Promise<void> => {
    const { waiting, lagMs } = await healthOf(metrics[name]);
    worst[name].waiting = Math.max(worst[name].waiting, waiting);
    worst[name].lagMs = Math.max(worst[name].lagMs, lagMs);
  };
  const looking = setInterval(() => {
    void look('api');
    void look('worker');
  }, LOOKS_EVERY_MS);
  const roles = { api: installation.api.process, worker: installation.workers[0]! };
  const samples: Record<string, { minute: number; mib: number }[]> = { api: [], worker: [] };
  let worstP95Ms = 0;
  for (let minute = 1; minute <= minutes; minute++) {
    const { p95Ms } = await installation.latency(APP, 'report', { count: perSecond * 60, perSecond });
    worstP95Ms = Math.max(worstP95Ms, p95Ms);
    for (const [name, role] of Object.entries(roles))
      samples[name]!.push({ minute, mib: memoryMibOf(role) ?? 0 });
  }
  clearInterval(looking);
  await installation.stop();
  return {
    rows: Object.entries(samples).map(([name, all]) => {
      const late = all.slice(Math.floor(all.length / 3));
      const slope = slopeOf(late);
      const most = Math.max(...all.map(({ mib }) => mib));
      return {
        what: `soak ${name}`,
        minutes,
        'per second': perSecond,
        'most MiB': Math.round(most),
        'MiB per minute': Number(slope.toFixed(2)),
        'worst p95 ms': worstP95Ms,
        'most waiting for a connection': worst[name as keyof typeof worst].waiting,
        'worst event-loop lag p99 ms': Math.round(worst[name as keyof typeof worst].lagMs),
        budget: '< 250 MiB, < 1 MiB per minute',
        met: most < 250 && slope < 1,
      };
    }),
  };
}

/**
 * A process's own metrics: requests that wait for a connection, and event-loop lag since the last query. @throws when
 * it does not answer
 */
async function healthOf(url: string): Promise<{ waiting: number; lagMs: number }> {
  const answer = await fetch(url, { headers: { authorization: AUTHORIZED.authorization } });
  const text = await answer.text();
  const gauge = (pattern: RegExp): number => {
    const found = pattern.exec(text);
    if (!found) throw new Error(`${url} has no ${pattern.source}`);
    return Number(found[1]);
  };
  return {
    waiting: gauge(/^webhook_database_pool_connections\{.*state="waiting".*\} (\d+)/m),
    lagMs: gauge(/^nodejs_eventloop_lag_p99_seconds(?:\{.*\})? (\S+)/m) * 1000,
  };
}

/** Least squares, after the first third: by then memory has warmed up. */
function slopeOf(samples: readonly { minute: number; mib: number }[]): number {
  const n = samples.length;
  if (n < 2) return 0;
  const meanX = samples.reduce((sum, { minute }) => sum + minute, 0) / n;
  const meanY = samples.reduce((sum, { mib }) => sum + mib, 0) / n;
  const over = samples.reduce((sum, { minute, mib }) => sum + (minute - meanX) * (mib - meanY), 0);
  return over / samples.reduce((sum, { minute }) => sum + (minute - meanX) ** 2, 0);
}
