import type { CallResult } from '@breakwater/circuit-breaker';
import { countsAsFailure, type Outcome, type Timed } from '@breakwater/webhook-client';
import { describeOutcome } from './describe-outcome.js';

/** How the breaker counts an outcome: an answer with any status shows that the receiver is alive. */
export function judge(outcome: Outcome & Timed): CallResult {
  const { durationMs } = outcome;
  if (countsAsFailure(outcome))
    return { judged: 'failure', reason: describeOutcome(outcome).error ?? outcome.kind, durationMs };
  return outcome.kind === 'delivered' || outcome.kind === 'http_error'
    ? { judged: 'success', durationMs }
    : { judged: 'ignored' };
}
