import type { CallResult } from '@breakwater/circuit-breaker';
import { countsAsFailure, type Outcome, type Timed } from '@breakwater/webhook-client';
import { describeOutcome } from './describe-outcome.js';

/** What the breaker makes of an outcome: an answer, whatever its status, shows that the receiver lives. */
export function judge(outcome: Outcome & Timed): CallResult {
  const { durationMs } = outcome;
  if (countsAsFailure(outcome))
    return { judged: 'failure', reason: describeOutcome(outcome).error ?? outcome.kind, durationMs };
  return outcome.kind === 'delivered' || outcome.kind === 'http_error'
    ? { judged: 'success', durationMs }
    : { judged: 'ignored' };
}
