import { io } from 'socket.io-client';
import { backendsOf, DeliveriesBench, type Size } from './deliveries.js';
import type { Ground } from './ground.js';
import { Installation } from './installation.js';
import { PAYLOADS } from './payloads.js';
import { ADMIN_KEY, ask, cpuMsOf, ended, message, settingsOf, startApi, startProgram } from './programs.js';
import { inTurn, middle, quantile, rowsOf, type Measured, type Result } from './rounds.js';
import type { Audience } from './watchers.js';

const APP = 'bench_feed';
/** Those of operators watch everything, the others one app each, of as many. */
const WATCHERS = { operators: 5, owners: 95, apps: 20 };
const APPS = Array.from({ length: WATCHERS.owners }, (_, n) => `${APP}-${n % WATCHERS.apps}`);
const MANY = [...Array.from({ length: WATCHERS.operators }, () => null), ...APPS];
const BUDGETS = { p95Ms: 300, ratio: 0.98 };
const PER_SECOND = [10, 100, 300];

interface Item {
  status: string;
  at: string;
}

/** The live feed: how late it is, and what its watchers cost the deliveries. */
export async function benchFeed(ground: Ground, size: Size): Promise<Result> {
  return { rows: [...(await latency(ground, size.count)), ...(await throughput(ground, size))] };
}

/** From the end of a call in the worker to a client of the api. Both clocks are this machine's. */
async function latency(ground: Ground, count: number): Promise<Result['rows']> {
  const installation = await Installation.start(ground, 1, { QUEUE_CONCURRENCY: '50' });
  await installation.register(APP, { report: { url: '/', async: true, concurrency: 50 } });
  const socket = io(installation.api.url, {
    path: '/ws',
    transports: ['websocket'],
    auth: { apiKey: ADMIN_KEY },
  });
  await new Promise<void>((resolve) => socket.once('ready', resolve));
  await socket.emitWithAck('feed.subscribe', { scope: 'global' });
  let lateMs: number[] = [];
  socket.on('feed.items', ({ items }: { items: Item[] }) => {
    const now = Date.now();
    for (const { status, at } of items) if (status === 'forwarded') lateMs.push(now - Date.parse(at));
  });
  const rows: Result['rows'] = [];
  for (const perSecond of PER_SECOND) {
    lateMs = [];
    const calls = Math.min(count, perSecond * 20);
    await installation.latency(APP, 'report', { count: calls, perSecond });
    while (lateMs.length < calls) await new Promise((resolve) => socket.once('feed.items', resolve));
    const [p50Ms, p95Ms] = [quantile(lateMs, 0.5), quantile(lateMs, 0.95)];
    const budget = { budget: BUDGETS.p95Ms, met: p95Ms <= BUDGETS.p95Ms };
    rows.push({ what: 'end of a call to a watcher', 'per second': perSecond, p50Ms, p95Ms, ...budget });
  }
  socket.disconnect();
  await installation.stop();
  return rows;
}

/** Deliveries as fast as a worker makes them, while nobody watches, while many do, and while one of them does not read. */
async function throughput(ground: Ground, { count, rounds }: Size): Promise<Result['rows']> {
  const [backend] = backendsOf(ground);
  const api = await startApi(settingsOf(ground, backend!));
  const watchers = startProgram('./watchers.js');
  await message(watchers);
  const shape = { app: APP, apps: WATCHERS.apps, endpoints: 1 };
  const bench = await DeliveriesBench.start(backend!, ground, {
    body: Buffer.from(PAYLOADS['1 KiB']),
    ...shape,
  });
  await bench.product(WATCHERS.apps); // Registers the apps.
  /** Of the api, which does nothing but serve the watchers, ms of CPU for each delivery. */
  const apiMs: Record<string, number[]> = {};
  const watched = async (side: string, apps: (string | null)[], stalled = 0): Promise<Measured> => {
    const audience: Audience = { url: api.url, key: ADMIN_KEY, apps, stalled };
    await ask(watchers, audience);
    const before = cpuMsOf(api.process);
    const measured = await bench.product(count);
    const after = cpuMsOf(api.process);
    if (before !== null && after !== null) (apiMs[side] ??= []).push((after - before) / count);
    return measured;
  };
  const sides: Record<string, [apps: (string | null)[], stalled: number]> = {
    'no watchers': [[], 0],
    '100 watchers': [MANY, 0],
    '100 watchers, and one that does not read': [MANY, 1],
    '100 watchers of everything': [MANY.map(() => null), 0],
  };
  const runs = Object.entries(sides).map(
    ([side, [apps, stalled]]) => [side, () => watched(side, apps, stalled)] as const,
  );
  const results = await inTurn(Object.fromEntries(runs), rounds);
  await bench.stop();
  await ended(watchers, 'SIGKILL');
  await ended(api.process, 'SIGTERM');
  return rowsOf(`async delivery, ${backend}`, results).map((row) => ({
    ...row,
    'api cpu ms': Number(middle(apiMs[row['side'] as string] ?? [Number.NaN]).toFixed(3)),
    budget: BUDGETS.ratio,
    met: (row['ratio'] as number) >= BUDGETS.ratio,
  }));
}
