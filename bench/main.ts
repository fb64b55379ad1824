import 'reflect-metadata';
import { benchDeliveries, benchMetricsOverhead } from './compare.js';
import { startGround } from './ground.js';
import { benchMetrics } from './metrics.js';
import { option, part } from './options.js';

// `npm run bench -- [deliveries | metrics-overhead | metrics] [--count n] [--rounds n]`, see docs/performance.md. Each
// part brings what it needs, compares within one run, prints a table and the same as JSON.
const PARTS = {
  deliveries: (ground: Ground) =>
    benchDeliveries(ground, { count: option('--count', 1_000), rounds: option('--rounds', 3) }),
  'metrics-overhead': (ground: Ground) =>
    benchMetricsOverhead(ground, { count: option('--count', 2_000), rounds: option('--rounds', 5) }),
  metrics: (ground: Ground) =>
    benchMetrics(ground, { count: option('--count', 10_000_000), rounds: option('--rounds', 50) }),
};
type Ground = Awaited<ReturnType<typeof startGround>>;

const name = part(Object.keys(PARTS), 'deliveries') as keyof typeof PARTS;
const ground = await startGround();
try {
  const result = await PARTS[name](ground);
  console.table(result.rows);
  process.stdout.write(`${JSON.stringify({ part: name, ...result })}\n`);
} finally {
  await ground.stop();
}
process.exit(0);
