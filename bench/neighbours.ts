import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Size } from './deliveries.js';
import { startGround } from './ground.js';
import { Installation } from './installation.js';
import { textOption } from './options.js';
import { AUTHORIZED, ended, message, register, startProgram } from './programs.js';
import { middle, type Result } from './rounds.js';

const PER_SECOND = 50;
const BUDGET = 1.5;
/** The default timeout of a manifest, ms: one call to a name without answer takes that long. */
const DEADLINE_MS: Record<Side, number> = { api: 10_000, worker: 30_000 };
/** How long a neighbour misbehaves before anything is measured, ms. */
const SETTLED_AFTER_MS = 6_000;
/** A delivery that has not arrived by then counts with this time, ms. */
const LIMIT_MS = 60_000;

/** An app that harms itself. */
interface Neighbour {
  name: string;
  /** The URLs of its capabilities. */
  urls: (hostilePort: number) => string[];
  /**
   * The same number of endpoints that answer at once: the effect of the same calls on others when nothing is wrong.
   */
  good: (hostilePort: number) => string[];
  /** Calls in progress at once. */
  calls: number;
  /** From one call of a lane to its next, ms. By default as long as a call may take: one is always in progress. */
  everyMs?: number;
  /** All at the same moment instead of one after another. Others wait for any burst: see `good`. */
  inWaves?: true;
}

const deadNames = (count: number): Neighbour => ({
  name: `${count} names that do not answer`,
  urls: () => Array.from({ length: count }, (_, n) => `http://h${n}.dead.example:7001/`),
  good: (port) => Array.from({ length: count }, (_, n) => `http://h${n}.ok.example:${port}/fine`),
  calls: count,
});
const EVERY_MS = 500;
/** One endpoint that gets 40 calls a second, evenly or 20 at the same moment. */
const oneEndpoint = (path: string): Pick<Neighbour, 'urls' | 'good' | 'calls' | 'everyMs'> => ({
  urls: (port) => [`http://hostile.ok.example:${port}/${path}`],
  good: (port) => [`http://hostile.ok.example:${port}/fine`],
  calls: 20,
  everyMs: EVERY_MS,
});
const ALL: readonly Neighbour[] = [
  deadNames(10),
  deadNames(500),
  { name: 'answers of 64,000 headers', ...oneEndpoint('headers') },
  { name: 'answers of 64,000 headers, 20 at once', ...oneEndpoint('headers'), inWaves: true },
  { name: 'connections closed under a call', ...oneEndpoint('closing') },
];
/** `--neighbour 500` measures those with this text in their name. */
const NEIGHBOURS = ALL.filter(({ name }) => name.includes(textOption('--neighbour') ?? ''));

/**
 * A healthy app's p95 alone, beside the same number of harmless calls, and beside an app that harms itself,
 * alternating: its sync calls over the api, its deliveries over a worker. The neighbours' breakers are in mode
 * observe.
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
    const found: Record<Side, Found[]> = { api: [], worker: [] };
    for (let round = 1; round <= rounds; round++) {
      // A ground of its own: waiting deliveries of one round's neighbour must not be there in the next.
      const ground = await startGround();
      const installation = await Installation.start(ground, 1, {
        CIRCUIT_BREAKER_MODE: 'observe',
        OUTBOUND_DNS_SERVERS: `127.0.0.1:${nameServer.port}`,
        QUEUE_PREFIX: `near-${NEIGHBOURS.indexOf(neighbour)}-${round}`,
      });
      for (const side of ['api', 'worker'] as const) {
        const bench = new Beside(installation, side, `${side}_${NEIGHBOURS.indexOf(neighbour)}_${round}`);
        const measured = await bench.run(neighbour, port, count);
        found[side].push(measured);
      }
      await installation.stop();
      await ground.stop();
    }
    for (const side of ['api', 'worker'] as const) rows.push(told(rowOf(neighbour, side, found[side])));
  }
  for (const program of [names, hostile]) await ended(program, 'SIGKILL');
  return { rows };
}

/** Each part takes minutes: its result is printed at once. */
function told(row: Result['rows'][number]): Result['rows'][number] {
  process.stdout.write(`${JSON.stringify(row)}\n`);
  return row;
}

type Side = 'api' | 'worker';

/** The healthy app's p95 in one round, ms. */
interface Found {
  alone: number;
  /** Beside the same number of calls to endpoints that answer at once. */
  besideGood: number;
  besideBad: number;
}

function rowOf({ name, inWaves }: Neighbour, side: Side, found: readonly Found[]): Result['rows'][number] {
  const median = (of: (one: Found) => number): number => Number(middle(found.map(of)).toFixed(2));
  const ratios = found.map(({ alone, besideBad }) => besideBad / alone);
  const ratio = Number(middle(ratios).toFixed(2));
  const toGood = median(({ besideGood, besideBad }) => besideBad / besideGood);
  return {
    what: name,
    side,
    'alone p95 ms': median(({ alone }) => alone),
    'beside good ones p95 ms': median(({ besideGood }) => besideGood),
    'beside p95 ms': median(({ besideBad }) => besideBad),
    ratio,
    spread: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    'ratio to good ones': toGood,
    budget: BUDGET,
    met: (inWaves ? toGood : ratio) <= BUDGET,
    rounds: found.length,
  };
}

/** One healthy app and one neighbour in an installation. */
class Beside {
  constructor(
    private readonly installation: Installation,
    private readonly side: Side,
    private readonly id: string,
  ) {}

  async run(neighbour: Neighbour, hostilePort: number, count: number): Promise<Found> {
    const { api, receiverUrl } = this.installation;
    const isAsync = this.side === 'worker';
    const baseUrl = receiverUrl.replace('127.0.0.1', 'healthy.ok.example');
    await register(api, `healthy_${this.id}`, baseUrl, { ask: { url: '/', async: isAsync } });
    // Lets code compile and pools grow first: a new process is slower than any neighbour makes it.
    await this.beside(neighbour, 'first', neighbour.good(hostilePort), count);
    const alone = await this.p95Ms(count);
    const besideGood = await this.beside(neighbour, 'good', neighbour.good(hostilePort), count);
    const besideBad = await this.beside(neighbour, 'bad', neighbour.urls(hostilePort), count);
    return { alone, besideGood, besideBad };
  }

  private async beside(neighbour: Neighbour, kind: string, urls: string[], count: number): Promise<number> {
    const { api, receiverUrl } = this.installation;
    const app = `${kind}_${this.id}`;
    const isAsync = this.side === 'worker';
    const webhooks = urls.map((url, n) => [`c${n}`, { url, async: isAsync }] as const);
    await register(api, app, receiverUrl, Object.fromEntries(webhooks));
    const storm = new AbortController();
    const raging = this.rage(app, neighbour, urls.length, storm.signal);
    await delay(SETTLED_AFTER_MS + (neighbour.everyMs ?? DEADLINE_MS[this.side]));
    try {
      return await this.p95Ms(count);
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

  /** Calls the neighbour until the signal; each call uses another capability if there are enough. */
  private async rage(
    app: string,
    { calls, everyMs = DEADLINE_MS[this.side], inWaves }: Neighbour,
    capabilities: number,
    signal: AbortSignal,
  ): Promise<void> {
    const pool = new Pool(this.installation.api.url, { connections: calls });
    const lane = async (n: number): Promise<void> => {
      const path = `/api/v1/apps/${app}/capabilities/c${n % capabilities}/invoke`;
      let at = performance.now() + (inWaves ? 0 : (n / calls) * everyMs);
      for (;;) {
        await delay(Math.max(0, at - performance.now()), undefined, { signal }).catch(() => undefined);
        if (signal.aborted) break;
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
