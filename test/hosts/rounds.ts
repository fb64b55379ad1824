import { eventually } from '@breakwater/testing/eventually.js';
import { isNamedRun } from './available.js';
import { Calls } from './calls.js';
import { APIS, WORKERS, type Api, type Rig } from './rig.js';

/** Something happens to hosts, and is over. */
export interface Fault {
  title: string;
  begin(): Promise<void> | void;
  /** What must have happened before it ends; without it, it lasts for `HELD_MS`. */
  during?(): Promise<void>;
  end(): Promise<void> | void;
  /** Of a failover: when the new primary took writes, by `performance.now()`. */
  writesAtMs?: number;
}

/** The times of one round, ms. */
export interface Measured {
  /** Promises that do not hold: see `violations`. */
  broken: string[];
  /** From the moment in which a new primary takes writes until no api refuses a call any more. */
  answeringMs: number;
  /** From the end of the fault until every api and worker did its work and said so. */
  wellAgainMs: number;
  /** From its acceptance to the receiver, the longest. */
  lagMs: number;
  longestAnswerMs: number;
  accepted: number;
  /** Requests without a 202: refused, or not answered. */
  refused: number;
}

/** Calls per second, and how long a fault lasts. A run by name has more than a busy machine can do. */
export const RATE = isNamedRun ? 50 : 20;
const HELD_MS = isNamedRun ? 6_000 : 4_000;
const WARM_MS = 1_000;
/** For a busy machine. PostgreSQL follows again in seconds; a lost claim ends 25 s after it was made. */
const LIMIT_MS = 120_000;

const webhook = { async: true, timeout: 3_000 };
/** They end well after any outage of this test: no delivery is given up. */
const patient = { maxAttempts: 10, initialDelayMs: 500, maxDelayMs: 2_000, jitter: 0 };
const breaker = { failureThreshold: 3, recoveryTimeoutMs: 1_000, successThreshold: 2 };

/** The faults of a test one after the other, under the same calls. */
export class Rounds {
  /** The receiver answers 500 to a few calls at the beginning of each fault: a breaker opens in the middle of it. */
  private isSick = false;
  private readonly keys = new Map<string, Set<string>>();

  private constructor(
    private readonly rig: Rig,
    private readonly appId: string,
  ) {
    rig.receiver.on('/sick', () => (this.isSick ? { status: 500 } : {}));
  }

  static async over(rig: Rig): Promise<Rounds> {
    const appId = await rig.register({
      steady: { url: '/steady', ...webhook, retry: patient, circuitBreaker: breaker },
      sick: { url: '/sick', ...webhook, retry: patient, circuitBreaker: breaker },
    });
    return new Rounds(rig, appId);
  }

  /** @returns what was measured, and the promises that do not hold after it */
  async play(fault: Fault): Promise<Measured> {
    const steady = new Calls(this.rig, this.appId, 'steady', RATE);
    const sick = new Calls(this.rig, this.appId, 'sick', 4);
    try {
      await passed(WARM_MS);
      this.isSick = true;
      await fault.begin();
      await (fault.during?.() ?? passed(HELD_MS));
      this.isSick = false;
      await fault.end();
      const goneMs = performance.now();
      await this.untilWell();
      const wellAgainMs = performance.now() - goneMs;
      await Promise.all([steady.finish(LIMIT_MS), sick.finish(LIMIT_MS)]);
      const broken = await this.brokenPromises([steady, sick]);
      const { writesAtMs } = fault;
      const answeringMs = writesAtMs === undefined ? 0 : steady.answeringAfterMs(writesAtMs);
      const measured = { broken, wellAgainMs, answeringMs, ...this.timesOf(steady) };
      process.stdout.write(`${fault.title}: ${sentence(measured)}\n`);
      return measured;
    } catch (error) {
      const story = this.rig.story();
      throw new Error(`${fault.title}: ${String(error)}\n${story}`, { cause: error });
    } finally {
      this.isSick = false;
      steady.stop();
      sick.stop();
    }
  }

  /** Every api is ready with all its parts, every worker delivers, and the standbys follow. */
  private async untilWell(): Promise<void> {
    const { rig } = this;
    const written = new Map(WORKERS.map((name) => [name, rig.roles.get(name)!.output.length]));
    const isReady = async (api: Api): Promise<boolean> => {
      if (rig.endings.length > 0) return true;
      const { status, parts } = await rig.readiness(api);
      return status === 200 && parts.every((part) => part === 'up');
    };
    await Promise.all([
      ...APIS.map((name) =>
        eventually(() => isReady(name), { limitMs: LIMIT_MS, everyMs: 100, what: `${name} is ready` }),
      ),
      ...WORKERS.map((name) =>
        eventually(() => rig.roles.get(name)!.output.slice(written.get(name)).includes('"deliveryId"'), {
          limitMs: LIMIT_MS,
          everyMs: 100,
          what: `${name} delivers`,
        }),
      ),
      eventually(() => rig.hasStandbys(), { limitMs: LIMIT_MS, everyMs: 200, what: 'the standbys follow' }),
    ]);
    if (rig.endings.length > 0) throw new Error(rig.endings.join());
  }

  private async brokenPromises(all: readonly Calls[]): Promise<string[]> {
    for (const { ids } of all) for (const [key, found] of ids) this.keys.set(key, found);
    await this.untilEnded();
    const rows = await this.rig.rows<{ status: string; count: number }>(
      `SELECT status, count(*)::int FROM deliveries WHERE status <> 'completed' GROUP BY status`,
    );
    const doubled = [...this.keys].filter(([, ids]) => ids.size !== 1);
    return [
      ...(await this.rig.violations()),
      ...rows.map(({ status, count }) => `1: ${count} deliveries are ${status}`),
      ...doubled.map(([key, ids]) => `4: ${key} has the deliveries ${[...ids].join(', ')}`),
    ];
  }

  /** No delivery waits, and each breaker is closed again: that is done by calls. */
  private async untilEnded(): Promise<void> {
    const sql = `SELECT (SELECT count(*)::int FROM deliveries WHERE status = 'pending') AS waiting,
      (SELECT count(*)::int FROM (SELECT DISTINCT ON (app_id, capability) to_state FROM circuit_breaker_transitions
        ORDER BY app_id, capability, generation DESC) AS latest WHERE to_state <> 'closed') AS open`;
    const isOver = async (): Promise<boolean> => {
      const [row] = await this.rig.rows<{ waiting: number; open: number }>(sql);
      if (row!.waiting === 0 && row!.open > 0) await this.callOnce('sick');
      return row!.waiting === 0 && row!.open === 0;
    };
    await eventually(isOver, {
      limitMs: LIMIT_MS,
      everyMs: 250,
      what: 'every delivery has ended, every breaker is closed',
    });
  }

  private async callOnce(capability: string): Promise<void> {
    const calls = new Calls(this.rig, this.appId, capability, 100);
    await eventually(() => calls.tries.length > 0, { limitMs: LIMIT_MS, what: 'a call is answered' });
    await calls.finish(LIMIT_MS);
  }

  private timesOf({ tries, acceptedAtMs }: Calls): Omit<Measured, 'broken' | 'answeringMs' | 'wellAgainMs'> {
    const arrived = new Map<string, number>();
    for (const { headers, atMs } of this.rig.receiver.callsTo('/steady')) {
      const id = String(headers['webhook-id']);
      if (!arrived.has(id)) arrived.set(id, atMs);
    }
    return {
      lagMs: Math.max(0, ...[...acceptedAtMs].map(([id, atMs]) => arrived.get(id)! - atMs)),
      longestAnswerMs: Math.max(0, ...tries.map(({ afterMs }) => afterMs)),
      accepted: acceptedAtMs.size,
      refused: tries.filter(({ status }) => status !== 202).length,
    };
  }
}

/** For people. */
function sentence(measured: Measured): string {
  const s = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
  return (
    `${measured.accepted} calls, ${measured.refused} refusals; well again after ${s(measured.wellAgainMs)}, ` +
    `longest answer ${s(measured.longestAnswerMs)}, longest way to the receiver ${s(measured.lagMs)}` +
    (measured.answeringMs === 0 ? '' : `; apis answer ${s(measured.answeringMs)} after the new primary`)
  );
}

/** Waits while the calls go on. */
export async function passed(ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  await eventually(() => performance.now() >= endMs, { limitMs: ms + 60_000, what: 'time to pass' });
}
