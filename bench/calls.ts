import type { ChildProcess } from 'node:child_process';
import { newId } from '@breakwater/platform';
import pg from 'pg';
import type { Size } from './deliveries.js';
import type { Ground } from './ground.js';
import type { Load, Sent } from './load.js';
import { PAYLOADS, type PayloadName } from './payloads.js';
import { ask, AUTHORIZED, cpuMsOf, ended, message, register, settingsOf } from './programs.js';
import { startApi, startProgram, type Server } from './programs.js';
import { inTurn, rowsOf, type Measured, type Result } from './rounds.js';

const APP = 'bench_calls';
const MANY = 50;
const FEW = 10;
const JSON_ONLY = { 'content-type': 'application/json' };

/** What is measured, and where: one column of the table. */
interface Target {
  server: Server;
  path: string;
  headers: Record<string, string>;
  /** Wraps what the load sends into the product's format. */
  wrap: (payload: string) => string;
  status: number;
}

/** Accepts async calls; all are answered with 202, and all are stored. */
export async function benchAccept(ground: Ground, size: Size): Promise<Result> {
  return withCalls(ground, async (calls) => {
    const targets = {
      bare: await calls.bare('accept', ground.ownerUrl, 202),
      product: calls.product('report', 202),
      'hand-made': await calls.handMade('/report', 202),
    };
    const rows: Result['rows'] = [];
    for (const name of Object.keys(PAYLOADS) as PayloadName[]) {
      const sides = calls.sides(targets, PAYLOADS[name], size.count, MANY, (sent) => sent.ids);
      rows.push(...rowsOf(`accept, ${name}`, await inTurn(sides, size.rounds), { ratio: 0.6 }));
    }
    await calls.expectStored();
    return { rows };
  });
}

/** Sync calls of an app that answers at once; each arrives once. */
export async function benchSync(ground: Ground, size: Size): Promise<Result> {
  return withCalls(ground, async (calls) => {
    const targets = {
      bare: await calls.bare('pass-through', calls.receiverUrl),
      product: calls.product('answer'),
      'opossum in memory': await calls.bare('opossum', calls.receiverUrl),
      'hand-made': await calls.handMade('/answer', 200),
    };
    const rows: Result['rows'] = [];
    for (const inFlight of [MANY, FEW]) {
      const sides = calls.sides(targets, PAYLOADS['1 KiB'], size.count, inFlight, () => calls.arrived());
      const results = await inTurn(sides, size.rounds);
      const budgets = inFlight === MANY ? { ratio: 0.6 } : { addedP95Ms: 5 };
      rows.push(...rowsOf(`sync, ${inFlight} in flight`, results, budgets));
    }
    return { rows };
  });
}

/** Fallbacks of an open breaker: no app is called. */
export async function benchFallback(ground: Ground, size: Size): Promise<Result> {
  return withCalls(ground, async (calls) => {
    const targets = {
      bare: await calls.bare('answer', '-'),
      product: calls.product('failing'),
      'opossum in memory': await calls.bare('opossum-open', calls.receiverUrl),
    };
    await calls.openBreaker();
    const sides = calls.sides(targets, PAYLOADS['1 KiB'], size.count, MANY);
    return { rows: rowsOf('breaker open', await inTurn(sides, size.rounds), { ratio: 0.6 }) };
  });
}

async function withCalls(ground: Ground, run: (calls: CallsBench) => Promise<Result>): Promise<Result> {
  const calls = await CallsBench.start(ground);
  try {
    return await run(calls);
  } finally {
    await calls.stop();
  }
}

class CallsBench {
  private readonly servers: ChildProcess[] = [];
  private accepted = 0;

  private constructor(
    private readonly ground: Ground,
    private readonly api: Server,
    private readonly load: ChildProcess,
    private readonly receiver: ChildProcess,
    readonly receiverUrl: string,
  ) {}

  static async start(ground: Ground): Promise<CallsBench> {
    const receiver = startProgram('./receiver.js');
    const { port } = await message<{ port: number }>(receiver);
    const load = startProgram('./load.js');
    await message(load);
    const receiverUrl = `http://127.0.0.1:${port}/`;
    const api = await startApi({
      ...settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis'),
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '3600000',
    });
    const fallback = { strategy: 'static', value: { instead: true } };
    await register(api, APP, receiverUrl, {
      report: { url: '/', async: true },
      answer: { url: '/', fallback },
      failing: { url: '/fail', fallback, circuitBreaker: { failureThreshold: 1 } },
    });
    return new CallsBench(ground, api, load, receiver, receiverUrl);
  }

  product(capability: string, status = 200): Target {
    const path = `/api/v1/apps/${APP}/capabilities/${capability}/invoke`;
    return {
      server: this.api,
      path,
      headers: AUTHORIZED,
      wrap: (payload) => `{"payload":${payload}}`,
      status,
    };
  }

  async bare(kind: string, target: string, status = 200): Promise<Target> {
    const process = startProgram('./bare-server.js', [kind, target]);
    this.servers.push(process);
    const { port } = await message<{ port: number }>(process);
    const server = { process, url: `http://127.0.0.1:${port}` };
    return { server, path: '/', headers: JSON_ONLY, wrap: (payload) => payload, status };
  }

  /** With a queue that nothing processes. */
  async handMade(path: string, status: number): Promise<Target> {
    const { redisUrl, ownerUrl, databaseUrl } = this.ground;
    const queue = redisUrl === null ? ['postgres', ownerUrl] : ['redis', redisUrl];
    const args = ['server', this.receiverUrl, ...queue, databaseUrl, `hand-made-${newId()}`];
    const process = startProgram('./hand-made.js', args);
    this.servers.push(process);
    const { port } = await message<{ port: number }>(process);
    const server = { process, url: `http://127.0.0.1:${port}` };
    return { server, path, headers: JSON_ONLY, wrap: (payload) => payload, status };
  }

  /** @param arrived returns how many calls arrived, each once; absent: only the statuses are checked */
  sides(
    targets: Record<string, Target>,
    payload: string,
    count: number,
    inFlight: number,
    arrived?: (sent: Sent) => number | Promise<number>,
  ): Record<string, () => Promise<Measured>> {
    const side = (target: Target) => async (): Promise<Measured> => {
      await ask(this.receiver, { expect: Infinity });
      const { server, path, headers, wrap, status } = target;
      const cpuBefore = cpuMsOf(server.process);
      const asked: Load = { url: server.url + path, headers, body: wrap(payload), count, inFlight };
      const sent = await ask<Sent>(this.load, asked);
      const cpuAfter = cpuMsOf(server.process);
      const well = sent.statuses[status] ?? 0;
      if (server === this.api && status === 202) this.accepted += well;
      return {
        perSecond: count / sent.seconds,
        wrong: Math.abs(count - well) + Math.abs(count - ((await arrived?.(sent)) ?? count)),
        cpuMs: cpuBefore === null || cpuAfter === null ? undefined : (cpuAfter - cpuBefore) / count,
        p95Ms: sent.p95Ms,
      };
    };
    return Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, side(target)]));
  }

  /** Different ids that the receiver got, less one for each that came more than once. */
  async arrived(): Promise<number> {
    const { ids, doubled } = await ask<{ ids: number; doubled: number }>(this.receiver, { report: true });
    return ids - doubled;
  }

  async openBreaker(): Promise<void> {
    const { server, path, headers, wrap } = this.product('failing');
    for (let n = 0; n < 2; n++) {
      const answer = await fetch(server.url + path, { method: 'POST', headers, body: wrap('{}') });
      const { reason } = (await answer.json()) as { reason?: string };
      if (n === 1 && reason !== 'circuit_open') throw new Error(`the breaker is not open: ${reason}`);
    }
  }

  /** @throws when PostgreSQL does not have exactly what was answered with 202 */
  async expectStored(): Promise<void> {
    const client = new pg.Client({ connectionString: this.ground.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM deliveries WHERE app_id = $1',
      [APP],
    );
    await client.end();
    if (rows[0]!.n !== this.accepted)
      throw new Error(`${this.accepted} were accepted, ${rows[0]!.n} are stored`);
  }

  async stop(): Promise<void> {
    for (const server of [...this.servers, this.load, this.receiver]) await ended(server, 'SIGKILL');
    await ended(this.api.process, 'SIGTERM');
  }
}
