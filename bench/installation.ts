import type { ChildProcess } from 'node:child_process';
import type { Ground } from './ground.js';
import type { Load, Sent } from './load.js';
import { PAYLOADS } from './payloads.js';
import { ask, AUTHORIZED, ended, message, register, settingsOf } from './programs.js';
import { startApi, startProgram, startRole, type Server } from './programs.js';
import { quantile } from './rounds.js';

/** An api, workers, a receiver and a load, as a user would run them. */
export class Installation {
  private constructor(
    readonly api: Server,
    readonly workers: ChildProcess[],
    private readonly load: ChildProcess,
    private readonly receiver: ChildProcess,
    readonly receiverUrl: string,
  ) {}

  static async start(
    ground: Ground,
    workers: number,
    env: Record<string, string> = {},
    workerEnv: Record<string, string> = {},
  ): Promise<Installation> {
    const receiver = startProgram('./receiver.js');
    const { port } = await message<{ port: number }>(receiver);
    const load = startProgram('./load.js');
    await message(load);
    const settings = { ...settingsOf(ground, ground.redisUrl === null ? 'postgres' : 'redis'), ...env };
    const api = await startApi(settings);
    const starting = Array.from({ length: workers }, () =>
      startRole('worker', { ...settings, ...workerEnv }),
    );
    const started = await Promise.all(starting);
    return new Installation(api, started, load, receiver, `http://127.0.0.1:${port}`);
  }

  async register(appId: string, webhooks: object): Promise<void> {
    await register(this.api, appId, this.receiverUrl, webhooks);
  }

  /** Async calls as fast as they are accepted, or at a rate. @throws unless each is a 202 */
  async send(appId: string, capability: string, count: number, perSecond?: number): Promise<Sent> {
    return this.invoke(appId, capability, 202, { count, ...(perSecond === undefined ? {} : { perSecond }) });
  }

  /** Sync calls at a rate. @throws unless each is a 200 */
  async ask(appId: string, capability: string, pace: { count: number; perSecond: number }): Promise<Sent> {
    return this.invoke(appId, capability, 200, pace);
  }

  private async invoke(
    appId: string,
    capability: string,
    status: number,
    pace: { count: number; perSecond?: number },
  ): Promise<Sent> {
    const load: Load = {
      url: `${this.api.url}/api/v1/apps/${appId}/capabilities/${capability}/invoke`,
      headers: AUTHORIZED,
      body: `{"payload":${PAYLOADS['1 KiB']}}`,
      inFlight: 50,
      ...pace,
    };
    const sent = await ask<Sent>(this.load, load);
    if (sent.statuses[status] !== pace.count)
      throw new Error(`not all were ${status}: ${JSON.stringify(sent.statuses)}`);
    return sent;
  }

  /**
   * Sends at a rate and waits until the last has arrived.
   * @returns from before the request until the app had it, ms, by quantile
   * @param lateCounts whether a delivery that does not arrive within `limitMs` counts with that time
   * @throws when one came twice, or not within `limitMs`
   */
  async latency(
    appId: string,
    capability: string,
    {
      count,
      perSecond,
      limitMs = 120_000,
      lateCounts = false,
    }: { count: number; perSecond: number; limitMs?: number; lateCounts?: boolean },
  ): Promise<{ p50Ms: number; p95Ms: number; p99Ms: number }> {
    await ask(this.receiver, { expect: count });
    const done = message<{ ids: number; doubled: number; latenciesMs: number[] }>(this.receiver);
    await this.send(appId, capability, count, perSecond);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        if (lateCounts) this.receiver.send({ report: true });
        else reject(new Error('not all arrived in time'));
      }, limitMs);
    });
    const { ids, doubled, latenciesMs } = await Promise.race([done, tooLate]);
    clearTimeout(timer);
    for (let missing = count - ids; missing > 0; missing--) latenciesMs.push(limitMs);
    if (doubled > 0) throw new Error(`${doubled} ids came more than once`);
    const at = (share: number): number => Math.round(quantile(latenciesMs, share));
    return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
  }

  async stop(): Promise<void> {
    for (const child of [this.load, this.receiver]) await ended(child, 'SIGKILL');
    await Promise.all([this.api.process, ...this.workers].map((role) => ended(role, 'SIGTERM')));
  }
}
