import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { HintBus } from '@breakwater/platform';
import { World } from '@breakwater/testing/world.js';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PeriodicRunner, type PeriodicWork } from './periodic-runner.service.js';

const HOUR = 3_600_000;

/** Work whose runs wait until the test ends them. */
class Gate {
  readonly runs: { stop: AbortSignal; end: (result?: number) => void; fail: (error: Error) => void }[] = [];

  readonly work = (stop: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => this.runs.push({ stop, end: resolve, fail: reject }));
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the runner of periodic work', () => {
  const runners: PeriodicRunner[] = [];
  let hints: HintBus;
  beforeAll(async () => {
    const world = await World.start();
    hints = new HintBus(world.database);
    await hints.onModuleInit();
    return async () => {
      await hints.onModuleDestroy();
      await world.stop();
    };
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    vi.restoreAllMocks();
  });

  function start(...table: (Partial<PeriodicWork> & Pick<PeriodicWork, 'name' | 'work'>)[]): PeriodicRunner {
    const lines = table.map((line) => ({ everyMs: HOUR, atStart: false, ...line }));
    const runner = new PeriodicRunner(lines, hints, new SchedulerRegistry());
    runners.push(runner);
    runner.onApplicationBootstrap();
    return runner;
  }

  it('runs work at its interval, and at the start where the table says so', async () => {
    let [often, first, later] = [0, 0, 0];
    start(
      { name: 'often', everyMs: 5, work: () => Promise.resolve(often++) },
      { name: 'first', atStart: true, work: () => Promise.resolve(first++) },
      { name: 'later', work: () => Promise.resolve(later++) },
    );
    await expect.poll(() => often).toBeGreaterThan(2);
    expect([first, later]).toEqual([1, 0]);
  });

  it('runs work at a hint', async () => {
    let runs = 0;
    start({ name: 'a', hint: 'runner_spec', work: () => Promise.resolve(runs++) });
    await expect
      .poll(async () => {
        await hints.publish('runner_spec', '');
        return runs;
      })
      .toBeGreaterThan(0);
  });

  it('runs work once at a time, unless the table lets it overlap', async () => {
    const [single, overlapping] = [new Gate(), new Gate()];
    const runner = start(
      { name: 'single', work: single.work },
      { name: 'overlapping', overlaps: true, work: overlapping.work },
    );
    for (const name of ['single', 'single', 'single', 'overlapping', 'overlapping']) runner.request(name);
    expect([single.runs.length, overlapping.runs.length]).toEqual([1, 2]);
    single.runs[0]!.end();
    await turn();
    expect(single.runs).toHaveLength(2);
    for (const run of [...single.runs, ...overlapping.runs]) run.end();
  });

  it('runs the next work when something was stored, and only then', async () => {
    let follows = 0;
    let stored = 0;
    const runner = start(
      { name: 'writing', next: 'sending', work: () => Promise.resolve(stored) },
      { name: 'sending', work: () => Promise.resolve(follows++) },
    );
    runner.request('writing');
    await turn();
    expect(follows).toBe(0);
    stored = 2;
    runner.request('writing');
    await turn();
    expect(follows).toBe(1);
  });

  it('logs work that fails, and runs it again', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const gate = new Gate();
    const runner = start({ name: 'failing', work: gate.work });
    runner.request('failing');
    gate.runs[0]!.fail(new Error('no room'));
    await turn();
    expect(warned.mock.calls).toEqual([['failing failed, tried again later: no room']]);
    runner.request('failing');
    expect(gate.runs).toHaveLength(2);
    gate.runs[1]!.end();
  });

  it('notifies the work in progress of a stop, waits for it, and starts nothing more', async () => {
    const gate = new Gate();
    const runner = start({ name: 'a', everyMs: 5, work: gate.work });
    runner.request('a');
    let isStopped = false;
    const stopped = runner.stop().then(() => (isStopped = true));
    expect(gate.runs[0]!.stop.aborted).toBe(true);
    runner.request('a');
    await turn();
    expect(isStopped).toBe(false);
    gate.runs[0]!.end();
    await stopped;
    runner.request('a');
    expect(gate.runs).toHaveLength(1);
  });

  it('refuses a name that is not in the table', () => {
    expect(() => start().request('a')).toThrow('there is no periodic work "a"');
  });
});
