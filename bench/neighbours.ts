import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Size } from './deliveries.js';
import { startGround } from './ground.js';
import { Installation } from './installation.js';
import { AUTHORIZED, ended, message, register, startProgram } from './programs.js';
import { middle, type Result } from './rounds.js';

const PER_SECOND = 50;
const BUDGET = 1.5;
/** Of calls to names that do not answer. */
const TIMEOUT_MS = 5_000;
const WAVE_EVERY_MS = 500;
/** A delivery that has not arrived by then counts as having taken that long. */
const LIMIT_MS = 60_000;

/** An app that harms itself. */
interface Neighbour {
  name: string;
  /** The URLs of its capabilities. */
  urls: (hostilePort: number) => string[];
  /** Calls that are out at once. */
  calls: number;
  /** All at the same moment, again and again, instead of one after another. */
  inWaves?: true;
}

const deadNames = (count: number): Neighbour => ({
  name: `${count} names that do not answer`,
  urls: () => Array.from({ length: count }, (_, n) => `http://h${n}.dead.example:7001/`),
  calls: count,
});
const NEIGHBOURS: readonly Neighbour[] = [
  deadNames(10),
  deadNames(500),
  {
    name: '20 answers of 64,000 headers at once',
    urls: (port) => [`http://hostile.ok.example:${port}/headers`],
    ...{ calls: 20, inWaves: true },
  },
  {
    name: 'connections closed under 20 calls',
    urls: (port) => [`http://hostile.ok.example:${port}/closing`],
    ...{ calls: 20, inWaves: true },
  },
];

/**
 * A healthy app's p95 alone and beside an app that harms itself, in turn: its sync calls over the api, its deliveries
 * over a worker. The neighbours' breakers only watch.
 */
export async function benchNeighbours({ count, rounds }: Size): Promise<Result> {
  const names = startProgram('./name-server.js');
  const hostile = startProgram('./hostile-receiver.js');
  const [nameServer, { port }] = await Promise.all([
    message<{ port: number }>(names),
    message<{ port: number }>(hostile),
  ]);
  const rows: Result['rows'] = [];
  for (const neighbour of NEIGHBOURS) {
    const found: Record<Side, { alone: number[]; near: number[] }> = {
      api: { alone: [], near: [] },
      worker: { alone: [], near: [] },
    };
    for (let round = 0; round <= rounds; round++) {
      // Its own ground: what the neighbour of a round has waiting must not be there in the next.
      const ground = await startGround();
      const installation = await Installation.start(ground, 1, {
        CIRCUIT_BREAKER_MODE: 'observe',
        OUTBOUND_DNS_SERVERS: `127.0.0.1:${nameServer.port}`,
        QUEUE_PREFIX: `near-${NEIGHBOURS.indexOf(neighbour)}-${round}`,
      });
      for (const side of ['api', 'worker'] as const) {
        const bench = new Beside(installation, side, `${side}_${NEIGHBOURS.indexOf(neighbour)}_${round}`);
        const { alone, near } = await bench.run(neighbour, port, count);
        if (round === 0) continue;
        found[side].alone.push(alone);
        found[side].near.push(near);
      }
      await installation.stop();
      await ground.stop();
    }
    for (const side of ['api', 'worker'] as const)
      rows.push(told(rowOf(neighbour.name, side, found[side], rounds)));
  }
  for (const program of [names, hostile]) await ended(program, 'SIGKILL');
  return { rows };
}

/** Each part of the whole takes minutes: what is known is told at once. */
function told(row: Result['rows'][number]): Result['rows'][number] {
  process.stdout.write(`${JSON.stringify(row)}\n`);
  return row;
}

type Side = 'api' | 'worker';

function rowOf(
  what: string,
  side: Side,
  { alone, near }: { alone: number[]; near: number[] },
  rounds: number,
): Result['rows'][number] {
  const ratios = near.map((ms, n) => ms / alone[n]!);
  const ratio = Number(middle(ratios).toFixed(2));
  return {
    ...{ what, side, 'alone p95 ms': middle(alone), 'beside p95 ms': middle(near), ratio },
    spread: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    ...{ budget: BUDGET, met: ratio <= BUDGET, rounds },
  };
}

/** One healthy app and one neighbour in an installation. */
class Beside {
  constructor(
    private readonly installation: Installation,
    private readonly side: Side,
    private readonly id: string,
  ) {}

  async run(
    neighbour: Neighbour,
    hostilePort: number,
    count: number,
  ): Promise<{ alone: number; near: number }> {
    const { api, receiverUrl } = this.installation;
    const isAsync = this.side === 'worker';
    const baseUrl = receiverUrl.replace('127.0.0.1', 'healthy.ok.example');
    await register(api, `healthy_${this.id}`, baseUrl, { ask: { url: '/', async: isAsync } });
    const urls = neighbour.urls(hostilePort);
    const webhooks = urls.map((url, n) => [`c${n}`, { url, async: isAsync, timeout: TIMEOUT_MS }] as const);
    await register(api, `near_${this.id}`, receiverUrl, Object.fromEntries(webhooks));
    await this.p95Ms(50); // warms up
    const alone = await this.p95Ms(count);
    const storm = new AbortController();
    const raging = this.rage(neighbour, urls.length, storm.signal);
    await delay(TIMEOUT_MS + 1_000);
    try {
      return { alone, near: await this.p95Ms(count) };
    } finally {
      storm.abort();
      await raging;
    }
  }

  private async p95Ms(count: number): Promise<number> {
    const { installation, id } = this;
    const timed = { count, perSecond: PER_SECOND };
    if (this.side === 'api') return (await installation.ask(`healthy_${id}`, 'ask', timed)).p95Ms;
    const patient = { ...timed, limitMs: LIMIT_MS, lateCounts: true };
    return (await installation.latency(`healthy_${id}`, 'ask', patient)).p95Ms;
  }

  /** Calls the neighbour until the signal; each call's capability is its own where there are enough. */
  private async rage(
    { calls, inWaves }: Neighbour,
    capabilities: number,
    signal: AbortSignal,
  ): Promise<void> {
    const pool = new Pool(this.installation.api.url, { connections: calls });
    const everyMs = inWaves ? WAVE_EVERY_MS : TIMEOUT_MS;
    const lane = async (n: number): Promise<void> => {
      const path = `/api/v1/apps/near_${this.id}/capabilities/c${n % capabilities}/invoke`;
      let at = performance.now() + (inWaves ? 0 : (n / calls) * everyMs);
      while (!signal.aborted) {
        await delay(Math.max(0, at - performance.now()));
        const sent = await pool.request({
          path,
          method: 'POST',
          headers: AUTHORIZED,
          body: '{"payload":{}}',
        });
        await sent.body.dump();
        at = Math.max(at + everyMs, inWaves ? 0 : performance.now());
      }
    };
    await Promise.all(Array.from({ length: calls }, (_, n) => lane(n)));
    await pool.close();
  }
}
