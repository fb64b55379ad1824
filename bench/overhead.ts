import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { DeliveryModule, InvocationLog, type Invocation } from '@breakwater/delivery';
import { configFrom, newId, PlatformModule } from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { Agent, request } from 'undici';
import type { Size } from './deliveries.js';
import type { Ground } from './ground.js';
import { PAYLOADS } from './payloads.js';
import { AUTHORIZED, ended, message, register, settingsOf, startApi, startProgram } from './programs.js';
import { quantile, type Result } from './rounds.js';

const APP = 'bench_overhead';
/** The maximum that the product may add at p95, ms. */
const BUDGETS = { call: 50, check: 5, record: 10 };

const policy = { failureThreshold: 5, recoveryTimeoutMs: 3_600_000, successThreshold: 1 };

/**
 * The time that a call, a check of its breaker and the recording of its metrics add for the caller, one after the
 * other.
 */
export async function benchOverhead(ground: Ground, { count }: Size): Promise<Result> {
  const receiver = startProgram('./receiver.js');
  const { port } = await message<{ port: number }>(receiver);
  try {
    const calls = await measureCalls(ground, `http://127.0.0.1:${port}`, count);
    return { rows: [...calls, ...(await measureParts(ground, count))] };
  } finally {
    await ended(receiver, 'SIGKILL');
  }
}

/** The same call without and with the product, alternating; the difference is what the product adds. */
async function measureCalls(ground: Ground, receiverUrl: string, count: number): Promise<Result['rows']> {
  const api = await startApi(settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis'));
  const dispatcher = new Agent({ connections: 1 });
  const send = async (url: string, headers: Record<string, string>, body: string): Promise<number> => {
    const startedMs = performance.now();
    const answer = await request(url, { method: 'POST', dispatcher, headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
    return performance.now() - startedMs;
  };
  try {
    await register(api, APP, receiverUrl, { answer: { url: '/busy' } });
    const payload = PAYLOADS['1 KiB'];
    const invoke = `${api.url}/api/v1/apps/${APP}/capabilities/answer/invoke`;
    const direct: number[] = [];
    const through: number[] = [];
    for (let n = 0; n < count + count / 10; n++) {
      const past = await send(`${receiverUrl}/busy`, { 'content-type': 'application/json' }, payload);
      const by = await send(invoke, AUTHORIZED, `{"payload":${payload}}`);
      if (n < count / 10) continue; // Warms up.
      direct.push(past);
      through.push(by);
    }
    const added = through.map((ms, n) => ms - direct[n]!);
    return [
      rowOf('call past the product', direct),
      rowOf('call through it', through),
      rowOf('call, what it adds', added, BUDGETS.call),
    ];
  } finally {
    await dispatcher.close();
    await ended(api.process, 'SIGTERM');
  }
}

/** In this process, like the api does it. */
async function measureParts(ground: Ground, count: number): Promise<Result['rows']> {
  const config = configFrom(settingsOf(ground, 'postgres'));
  const app = await NestFactory.createApplicationContext(
    {
      module: DeliveryModule,
      imports: [PlatformModule.forRoot(config), WebhookClientModule.forConfig(config)],
    },
    { logger: false },
  );
  try {
    return [...(await measureChecks(app, count)), ...(await measureRecords(app, count))];
  } finally {
    await app.close();
  }
}

async function measureChecks(app: INestApplicationContext, count: number): Promise<Result['rows']> {
  const breakers = app.get(CircuitBreakers, { strict: false });
  const failed = { judged: 'failure', reason: 'http_error' } as const;
  const fail = async (capability: string, times: number): Promise<void> => {
    const key = { appId: APP, capability };
    for (let n = 0; n < times; n++) await breakers.report(await breakers.admit(key, policy, 1_000), failed);
  };
  await fail('trembling', policy.failureThreshold - 1);
  await fail('open', policy.failureThreshold);
  const check = async (capability: string): Promise<number[]> =>
    repeat(count, () => breakers.admit({ appId: APP, capability }, policy, 1_000));
  return [
    rowOf('breaker check, closed', await check('well'), BUDGETS.check),
    rowOf('breaker check, one failure before it opens', await check('trembling'), BUDGETS.check),
    rowOf('breaker check, open', await check('open'), BUDGETS.check),
  ];
}

async function measureRecords(app: INestApplicationContext, count: number): Promise<Result['rows']> {
  const log = app.get(InvocationLog, { strict: false });
  const body = Buffer.from(PAYLOADS['1 KiB']);
  const invocation = (): Invocation => ({
    id: newId(),
    appId: APP,
    endpointId: '00000000-0000-7000-8000-000000000000',
    capability: 'answer',
    requestId: newId(),
    body,
    contentType: 'application/json',
    timeoutMs: 1_000,
    startedAt: new Date(),
    url: 'http://127.0.0.1/',
    outcome: { kind: 'timeout', message: 'no answer within 1000 ms', durationMs: 1_000 },
    answer: { source: 'fallback', strategy: 'static', reason: 'timeout' },
  });
  const records = await repeat(count, async () => log.record(invocation()));
  const stored = await repeat(Math.ceil(count / 20), async () => {
    log.record(invocation());
    await log.drained();
  });
  return [
    rowOf('metric record, what its answer waits for', records, BUDGETS.record),
    rowOf('metric record, until it is stored', stored),
  ];
}

async function repeat(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return times;
}

function rowOf(what: string, times: number[], budgetMs?: number): Record<string, unknown> {
  const p95 = quantile(times, 0.95);
  return {
    what,
    'p50 ms': Number(quantile(times, 0.5).toFixed(3)),
    'p95 ms': Number(p95.toFixed(3)),
    ...(budgetMs === undefined ? {} : { budget: `p95 < ${budgetMs} ms`, met: p95 < budgetMs }),
    times: times.length,
  };
}
