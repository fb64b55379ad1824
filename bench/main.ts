import 'reflect-metadata';
import { createRequire } from 'node:module';
import { DeliveriesBench } from './deliveries.js';
import { startGround } from './ground.js';

// `npm run bench -- [--count 1000] [--rounds 3]`: async delivery on both queue backends, the bare loop and the product
// in turn, each number beside its ratio to the bare limit of the same run.
const count = option('--count', 1_000);
const rounds = option('--rounds', 3);

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string;
  examples: object[];
}[];
const body = Buffer.from(JSON.stringify(examples.find(({ name }) => name === 'push')?.examples[0] ?? {}));
const ground = await startGround();
const rows: Record<string, unknown>[] = [];
try {
  for (const backend of ['redis', 'postgres'] as const) {
    if (backend === 'redis' && ground.redisUrl === null) {
      process.stdout.write('skipped: redis-server is not installed\n');
      continue;
    }
    const bench = await DeliveriesBench.start(backend, ground, body);
    const bare: number[] = [];
    const product: number[] = [];
    let doubled = 0;
    for (let round = 0; round <= rounds; round++) {
      const one = await bench.bare(count);
      const other = await bench.product(count);
      if (round === 0) continue; // warm-up
      bare.push(one.perSecond);
      product.push(other.perSecond);
      doubled += other.doubled;
    }
    await bench.stop();
    rows.push({
      what: `async delivery, ${backend}`,
      deliveries: count,
      'bare/s': median(bare),
      'product/s': median(product),
      ratio: Number((median(product) / median(bare)).toFixed(2)),
      doubled,
    });
  }
} finally {
  await ground.stop();
}
console.table(rows);
process.stdout.write(`${JSON.stringify({ payloadBytes: body.length, rounds, rows })}\n`);
process.exit(0);

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} takes a whole number, 1 or more`);
  return value;
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}
