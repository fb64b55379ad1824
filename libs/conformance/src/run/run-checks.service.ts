import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { CallEndpoint } from '@breakwater/calling';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { newId } from '@breakwater/platform';
import { bodiesOf } from '../checks/bodies.js';
import type { Check, CheckResult, PlannedCall, Shape } from '../checks/check.js';
import { CHECKS, obstacleOf, resultOf } from '../checks/checks.js';
import { seenOf, type Seen } from '../checks/seen.js';
import { secretsOf } from './call-secrets.js';
import { atOnceOf, gapMsOf } from './pace.js';

/** Longest deadline of one call, ms: a longer one of the endpoint is not waited for. */
const CALL_MAX_MS = 30_000;

/** Value of the header `breakwater-test`. */
export const TEST_NAME = 'conformance';

export interface ChecksAsked {
  endpoint: ResolvedEndpoint;
  payload: Readonly<Record<string, unknown>>;
}

/** Makes the calls of all checks, one check after the other, and judges what comes back. */
@Injectable()
export class RunChecks {
  constructor(private readonly calls: CallEndpoint) {}

  /**
   * Each call is signed and sent as a delivery is, with the header `breakwater-test`. It is in no list, counts in no
   * metric, and the breaker does not count it.
   * @param onResult is told of each result, in the order of the checks; awaited
   * @param signal aborts the run: the results so far are all that `onResult` was told of
   */
  async run(
    { endpoint, payload }: ChecksAsked,
    onResult: (results: readonly CheckResult[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<CheckResult[]> {
    const shape: Shape = {
      bodies: bodiesOf(payload),
      isSync: endpoint.kind === 'capability' && !endpoint.async,
      atOnce: atOnceOf(endpoint),
    };
    const caller = new PacedCaller(this.calls, endpoint, signal);
    const results: CheckResult[] = [];
    for (const check of CHECKS) {
      const result = await this.check(check, shape, { caller, results });
      if (signal.aborted) return results;
      results.push(result);
      await onResult(results);
    }
    return results;
  }

  private async check(
    check: Check,
    shape: Shape,
    { caller, results }: { caller: PacedCaller; results: readonly CheckResult[] },
  ): Promise<CheckResult> {
    const obstacle = obstacleOf(check, results);
    if (obstacle !== null)
      return resultOf(check, 'skipped', `not checked, because this did not pass: ${obstacle}`);
    const planned = check.calls?.(shape);
    if (planned?.length === 0)
      return resultOf(check, 'skipped', 'not checked, because the endpoint gets one call at a time');
    const startedAtMs = performance.now();
    const own = planned === undefined ? caller.first : await caller.make(planned, shape.isSync);
    const durationMs = Math.round(performance.now() - startedAtMs);
    const { passed, seen } = check.judge({ own, all: caller.all, isSync: shape.isSync });
    const made = { calls: planned?.length ?? 0, durationMs };
    return resultOf(check, passed ? 'passed' : 'failed', seen, made);
  }
}

/** Calls one endpoint within its limits, and keeps what it saw. */
class PacedCaller {
  readonly all: Seen[] = [];
  private readonly firstId = newId();
  private readonly gapMs: number;
  private nextAtMs = 0;

  constructor(
    private readonly calls: CallEndpoint,
    private readonly endpoint: ResolvedEndpoint,
    private readonly signal: AbortSignal,
  ) {
    this.gapMs = gapMsOf(endpoint);
  }

  /** What came of the first call of the run. */
  get first(): [Seen, ...Seen[]] {
    return [this.all[0]!];
  }

  /** Several are made at once. */
  async make(planned: readonly PlannedCall[], isSync: boolean): Promise<[Seen, ...Seen[]]> {
    await this.pause(planned.length);
    const seen = await Promise.all(planned.map((call) => this.call(call, isSync)));
    this.all.push(...seen);
    return seen as [Seen, ...Seen[]];
  }

  private async pause(calls: number): Promise<void> {
    const aheadMs = this.nextAtMs - performance.now();
    // An aborted wait ends the run: no call is made after it.
    if (aheadMs > 0) await wait(aheadMs, undefined, { signal: this.signal }).catch(() => undefined);
    this.nextAtMs = performance.now() + this.gapMs * calls;
  }

  private async call(planned: PlannedCall, isSync: boolean): Promise<Seen> {
    const { endpoint } = this;
    const isFirst = this.all.length === 0 || planned.repeatsFirst === true;
    const { signature, otherSignatures } = planned;
    const test = {
      name: TEST_NAME,
      ...(signature === undefined ? {} : { signature }),
      ...(otherSignatures === undefined ? {} : { otherSignatures }),
    };
    const signedBy = { ...endpoint, secrets: secretsOf(planned.secrets, endpoint.secrets, randomBytes) };
    const outcome = await this.calls.test(
      signedBy,
      {
        mode: isSync ? 'sync' : 'async',
        kind: endpoint.kind === 'capability' ? 'capability' : 'event',
        deliveryId: isFirst ? this.firstId : newId(),
        requestId: newId(),
        body: planned.body,
        contentType: 'application/json',
        timeoutMs: Math.min(endpoint.timeoutMs, CALL_MAX_MS),
        attempt: planned.repeatsFirst ? 2 : 1,
        maxAttempts: planned.repeatsFirst ? 2 : 1,
        sentAt: new Date(Date.now() - (planned.ageS ?? 0) * 1_000),
        test,
      },
      this.signal,
    );
    return seenOf(outcome);
  }
}
