import 'reflect-metadata';
import { benchAccept, benchFallback, benchSync } from './calls.js';
import { benchCapture } from './capture.js';
import { benchCost, benchGrown } from './cost.js';
import { benchDeliveries, benchMetricsOverhead, benchScale } from './deliveries.js';
import { benchBurst, benchFairness } from './fairness.js';
import { benchFeed } from './feed.js';
import { benchFilter } from './filter.js';
import { startGround, type Ground } from './ground.js';
import { benchListen } from './listen.js';
import { benchMetrics } from './metrics.js';
import { benchOverhead } from './overhead.js';
import { benchNeighbours } from './neighbours.js';
import { has, option, parts } from './options.js';
import { benchPublish } from './publish.js';
import { benchReplay } from './replay.js';
import type { Result } from './rounds.js';
import { benchScreens } from './screens.js';
import { benchSimulate } from './simulate.js';
import { benchSoak } from './soak.js';
import { benchIdle, benchLatency, benchRetries } from './steady.js';
import { benchVerify } from './verify.js';

// `npm run bench -- [part …] [--rounds n] [--count n] [--smoke] [--profile folder]`, see
// docs/internals/performance.md. Each part starts what it needs, compares within one run, prints a table and the same
// as JSON. Without a part, all with a budget are run, except `metrics`, `neighbours`, `grown`, `replay`, `screens` and `soak`, which
// take long; `all` runs these, too.
const isSmoke = has('--smoke');
const size = (count: number): { count: number; rounds: number } => ({
  count: option('--count', isSmoke ? 200 : count),
  rounds: option('--rounds', isSmoke ? 1 : 5),
});
const PARTS: Record<string, (ground: Ground) => Promise<Result>> = {
  deliveries: (ground) => benchDeliveries(ground, size(5_000)),
  accept: (ground) => benchAccept(ground, size(5_000)),
  sync: (ground) => benchSync(ground, size(5_000)),
  fallback: (ground) => benchFallback(ground, size(20_000)),
  overhead: (ground) => benchOverhead(ground, size(2_000)),
  fairness: (ground) => benchFairness(ground, size(300)),
  burst: (ground) => benchBurst(ground, { ...size(300), rounds: option('--rounds', 3) }),
  neighbours: () => benchNeighbours({ ...size(300), rounds: option('--rounds', 3) }),
  latency: (ground) => benchLatency(ground, size(2_000)),
  retries: (ground) => benchRetries(ground, size(400)),
  idle: (ground) => benchIdle(ground, { seconds: option('--seconds', isSmoke ? 2 : 30) }),
  'metrics-overhead': (ground) => benchMetricsOverhead(ground, size(5_000)),
  scale: (ground) => benchScale(ground, size(5_000)),
  publish: (ground) =>
    benchPublish(ground, {
      ...size(2_000),
      samples: option('--samples', isSmoke ? 10 : 100),
      many: option('--many', isSmoke ? 1_100 : 10_000),
    }),
  capture: (ground) => benchCapture(ground, { ...size(2_000), rounds: option('--rounds', isSmoke ? 1 : 3) }),
  feed: (ground) => benchFeed(ground, size(5_000)),
  listen: (ground) => benchListen(ground, size(2_000)),
  filter: () => Promise.resolve(benchFilter(size(100_000))),
  verify: () => Promise.resolve(benchVerify(size(5_000))),
  simulate: () => Promise.resolve(benchSimulate()),
  metrics: (ground) =>
    benchMetrics(ground, { count: option('--count', 10_000_000), rounds: option('--rounds', 50) }),
  screens: (ground) =>
    benchScreens(ground, {
      count: option('--count', isSmoke ? 2_000 : 10_000_000),
      rounds: option('--rounds', isSmoke ? 1 : 50),
    }),
  cost: (ground) => benchCost(ground, { ...size(2_000), perSecond: option('--per-second', 200) }),
  grown: (ground) =>
    benchGrown(
      ground,
      { ...size(2_000), perSecond: option('--per-second', 200) },
      { waiting: option('--waiting', 1_000_000), attempts: option('--attempts', 10_000_000) },
    ),
  replay: (ground) => benchReplay(ground, { count: option('--count', isSmoke ? 2_000 : 100_000) }),
  soak: (ground) =>
    benchSoak(ground, { minutes: option('--minutes', 30), perSecond: option('--per-second', 500) }),
};
const USUAL = isSmoke
  ? [
      'deliveries',
      'accept',
      'sync',
      'fallback',
      'publish',
      'capture',
      'feed',
      'listen',
      'filter',
      'verify',
      'idle',
      'screens',
    ]
  : [
      'deliveries',
      'accept',
      'sync',
      'fallback',
      'overhead',
      'fairness',
      'burst',
      'latency',
      'retries',
      'idle',
      'cost',
      'metrics-overhead',
      'scale',
      'publish',
      'capture',
      'feed',
      'listen',
      'filter',
      'verify',
      'simulate',
    ];

for (const part of parts(Object.keys(PARTS), USUAL)) {
  const ground = await startGround();
  try {
    const { rows } = await PARTS[part]!(ground);
    console.table(rows);
    process.stdout.write(`${JSON.stringify({ part, rows })}\n`);
  } finally {
    await ground.stop();
  }
}
process.exit(0);
