import type { Size } from './deliveries.js';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { AUTHORIZED } from './programs.js';
import { middle, type Result } from './rounds.js';

const WAITING = 1_000;
const BURST = 50_000;
const PER_SECOND = 50;
const BUDGET = 1.5;

interface Neighbour {
  name: string;
  path: string;
  waiting: number;
}

/** Beside a dead, a slow and a flapping neighbour with 1000 waiting deliveries. */
export async function benchFairness(ground: Ground, size: Size): Promise<Result> {
  return beside(ground, size, [
    { name: 'dead', path: '/never', waiting: WAITING },
    { name: 'slow', path: '/slow', waiting: WAITING },
    { name: 'flapping', path: '/flap', waiting: WAITING },
  ]);
}

/** Beside a neighbour that answers at once and got 50 000 deliveries. */
export async function benchBurst(ground: Ground, size: Size): Promise<Result> {
  return beside(ground, size, [{ name: 'bursting', path: '/busy', waiting: BURST }]);
}

/**
 * A healthy endpoint's latency alone and beside a neighbour, alternating, with 1 and 3 workers. The neighbours'
 * breakers do not help them: they are in mode observe.
 */
async function beside(
  ground: Ground,
  { count, rounds }: Size,
  neighbours: readonly Neighbour[],
): Promise<Result> {
  const rows: Result['rows'] = [];
  for (const workers of [1, 3]) {
    for (const { name, path, waiting } of neighbours) {
      const alone: number[] = [];
      const near: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const installation = await Installation.start(ground, workers, {
          CIRCUIT_BREAKER_MODE: 'observe',
          QUEUE_PREFIX: `fair-${workers}-${name}-${round}`,
        });
        const [healthy, neighbour] = [
          `healthy_${workers}_${name}_${round}`,
          `near_${workers}_${name}_${round}`,
        ];
        await installation.register(healthy, { report: { url: '/', async: true } });
        await installation.register(neighbour, { report: { url: path, async: true } });
        const timed = { count, perSecond: PER_SECOND };
        await installation.latency(healthy, 'report', { count: 50, perSecond: PER_SECOND });
        const one = await installation.latency(healthy, 'report', timed);
        await installation.send(neighbour, 'report', waiting);
        const other = await installation.latency(healthy, 'report', timed);
        await remove(installation, neighbour);
        await installation.stop();
        if (round === 0) continue;
        alone.push(one.p95Ms);
        near.push(other.p95Ms);
      }
      const ratios = near.map((ms, n) => ms / alone[n]!);
      const ratio = Number(middle(ratios).toFixed(2));
      rows.push({
        what: `beside a ${name} neighbour`,
        workers,
        'alone p95 ms': middle(alone),
        'beside p95 ms': middle(near),
        ratio,
        spread: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
        budget: BUDGET,
        met: ratio <= BUDGET,
        rounds,
      });
    }
  }
  return { rows };
}

/** Cancels its waiting deliveries: the next round begins with none. */
async function remove({ api }: Installation, appId: string): Promise<void> {
  const url = `${api.url}/api/v1/admin/apps/${appId}?force=true`;
  await fetch(url, { method: 'DELETE', headers: { authorization: AUTHORIZED.authorization } });
}
