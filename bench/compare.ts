import { createRequire } from 'node:module';
import { DeliveriesBench, type Measured } from './deliveries.js';
import type { Ground } from './ground.js';

export interface Size {
  /** Deliveries per round. */
  count: number;
  /** Rounds that count; one before them warms up. */
  rounds: number;
}

export interface Result {
  rows: Record<string, unknown>[];
}

/** Async delivery on both backends: the bare loop and the product in turn. */
export async function benchDeliveries(ground: Ground, size: Size): Promise<Result> {
  const rows: Result['rows'] = [];
  for (const backend of backendsOf(ground)) {
    const bench = await DeliveriesBench.start(backend, ground, pushPayload());
    const { one, other } = await inTurn(
      size,
      () => bench.bare(size.count),
      () => bench.product(size.count),
    );
    await bench.stop();
    rows.push({
      what: `async delivery, ${backend}`,
      ...{ deliveries: size.count, 'bare/s': median(one), 'product/s': median(other) },
      ...{ ratio: ratioOf(other, one), spread: spreadOf(other, one), doubled: sum(other) },
    });
  }
  return { rows };
}

/** The product with roll-ups off and with a roll-up every second, fifteen times as often as by default, in turn. */
export async function benchMetricsOverhead(ground: Ground, size: Size): Promise<Result> {
  const rows: Result['rows'] = [];
  for (const backend of backendsOf(ground)) {
    const bench = await DeliveriesBench.start(backend, ground, pushPayload());
    const { one, other } = await inTurn(
      size,
      () => bench.product(size.count, { WEBHOOK_METRICS: 'false' }),
      () => bench.product(size.count, { WEBHOOK_METRICS: 'true', WEBHOOK_METRICS_INTERVAL: '1000' }),
    );
    await bench.stop();
    rows.push({
      what: `metrics on, ${backend}`,
      ...{ deliveries: size.count, 'off/s': median(one), 'on/s': median(other) },
      ...{ ratio: ratioOf(other, one), spread: spreadOf(other, one), doubled: sum(other) },
    });
  }
  return { rows };
}

function backendsOf(ground: Ground): ('redis' | 'postgres')[] {
  if (ground.redisUrl !== null) return ['redis', 'postgres'];
  process.stdout.write('skipped: redis-server is not installed\n');
  return ['postgres'];
}

/** A B, A B, …, and in every other round B A, so that neither always comes second. */
async function inTurn(
  { rounds }: Size,
  one: () => Promise<Measured>,
  other: () => Promise<Measured>,
): Promise<{ one: Measured[]; other: Measured[] }> {
  const results = { one: [] as Measured[], other: [] as Measured[] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? (['one', 'other'] as const) : (['other', 'one'] as const);
    for (const which of order) {
      const measured = await (which === 'one' ? one() : other());
      if (round > 0) results[which].push(measured);
    }
  }
  return results;
}

function pushPayload(): Buffer {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    name: string;
    examples: object[];
  }[];
  return Buffer.from(JSON.stringify(examples.find(({ name }) => name === 'push')?.examples[0] ?? {}));
}

function middle(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function median(measured: readonly Measured[]): number {
  return middle(measured.map(({ perSecond }) => perSecond));
}

/** Of each round its own ratio: what disturbs one round disturbs both sides of it. */
function ratios(of: readonly Measured[], to: readonly Measured[]): number[] {
  return of.map(({ perSecond }, round) => perSecond / to[round]!.perSecond);
}

function ratioOf(of: readonly Measured[], to: readonly Measured[]): number {
  return Number(middle(ratios(of, to)).toFixed(3));
}

function spreadOf(of: readonly Measured[], to: readonly Measured[]): string {
  const all = ratios(of, to);
  return `${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)}`;
}

function sum(measured: readonly Measured[]): number {
  return measured.reduce((total, { doubled }) => total + doubled, 0);
}
