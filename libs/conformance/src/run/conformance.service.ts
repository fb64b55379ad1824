import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { isId } from '@breakwater/platform';
import { CHECKS, stateOf } from '../checks/checks.js';
import type { CheckResult } from '../checks/check.js';
import {
  ConformancePayloadTooLargeError,
  ConformanceRunNotFoundError,
  ConformanceRunningError,
} from '../conformance.error.js';
import { runOf, summaryOf, type ConformanceRun, type ConformanceRunSummary } from './conformance-run.js';
import { ConformanceRunStore } from './conformance-run.store.js';
import type { TargetAsked } from './find-target.js';
import { payloadProblem } from './payload-problem.js';
import { RunChecks } from './run-checks.service.js';
import { Targets } from './targets.service.js';

/** Longest time for a whole run, ms. */
const LIMIT_MS = 58_000;

export interface RunAsked extends TargetAsked {
  /** What the endpoint gets; by default a sample. */
  payload?: Record<string, unknown> | undefined;
  /** Its example in the catalogue is the sample, or else `type` in it; by default `breakwater.conformance`. */
  eventType?: string | undefined;
  /** Neither the number of runs nor their age removes it. */
  keep?: boolean | undefined;
}

/** Checks whether an app's endpoint receives as it should, before it goes live. */
@Injectable()
export class Conformance implements BeforeApplicationShutdown {
  private readonly log = new Logger('Conformance');
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly targets: Targets,
    private readonly runs: ConformanceRunStore,
    private readonly checks: RunChecks,
  ) {}

  /**
   * Starts a run in this process. Its progress is in the answer of {@link get}.
   * @throws AppNotFoundError, ConformanceTargetInvalidError, ConformancePayloadTooLargeError, ConformanceRunningError
   */
  async start(appId: string, asked: RunAsked, createdBy: string): Promise<ConformanceRun> {
    const { target, endpoint } = await this.targets.find(appId, asked);
    const payload = asked.payload ?? (await this.targets.sampleOf(asked.eventType));
    const problem = payloadProblem(payload);
    if (problem) throw new ConformancePayloadTooLargeError(problem.message, problem.max);
    const row = await this.runs.start({ appId, target, kept: asked.keep === true, createdBy });
    if (!row) throw new ConformanceRunningError(appId);
    const work = this.work(row.id, endpoint, payload).finally(() => this.running.delete(work));
    this.running.add(work);
    return runOf(row, CHECKS.length);
  }

  /** @throws ConformanceRunNotFoundError */
  async get(appId: string, id: string): Promise<ConformanceRun> {
    const row = isId(id) ? await this.runs.get(appId, id) : null;
    if (!row) throw new ConformanceRunNotFoundError();
    return runOf(row, CHECKS.length);
  }

  /** Newest first. @throws AppNotFoundError */
  async list(appId: string): Promise<ConformanceRunSummary[]> {
    await this.targets.ofApp(appId);
    return (await this.runs.list(appId)).map((row) => summaryOf(runOf(row, CHECKS.length)));
  }

  /** Runs in progress end as interrupted. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** Never rejects. */
  private async work(
    id: string,
    endpoint: ResolvedEndpoint,
    payload: Record<string, unknown>,
  ): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(LIMIT_MS)]);
    let results: readonly CheckResult[] = [];
    const told = async (soFar: readonly CheckResult[]): Promise<void> => {
      results = soFar;
      // The next one has all of it, and so has the end.
      await this.runs.progress(id, soFar).catch(() => undefined);
    };
    try {
      await this.checks.run({ endpoint, payload }, told, signal);
      const state = signal.aborted ? 'interrupted' : stateOf(results);
      await this.runs.end(id, state, results);
      const failed = results.filter((result) => result.state === 'failed').map((result) => result.id);
      const { appId, capability } = endpoint;
      this.log.log({ msg: 'conformance', runId: id, appId, capability, state, failed });
    } catch (error) {
      // The run is shown as interrupted after two minutes.
      this.log.warn({ msg: 'a conformance run was not stored', runId: id, error: (error as Error).message });
    }
  }
}
