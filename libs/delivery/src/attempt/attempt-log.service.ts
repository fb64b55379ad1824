import { Injectable, Logger } from '@nestjs/common';
import { callLine, type CallFields } from '@breakwater/calling';
import { Config, isLogged, Telemetry } from '@breakwater/platform';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { Outcome, Timed } from '@breakwater/webhook-client';
import type { Verdict } from '../retry/decide.js';
import type { RetryPlan } from '../retry/retry-plan.js';
import { lastAttemptOf } from '../retry/standard-plan.js';
import type { Claim } from './claim.store.js';

/** An attempt whose result is stored; `held` is false if the claim was lost before that. */
export interface LoggedAttempt {
  claim: Claim;
  endpoint: ResolvedEndpoint;
  plan: RetryPlan;
  outcome: Outcome & Timed;
  verdict: Verdict;
  held: boolean;
}

/** Writes one log line per attempt, and counts it in the metrics. */
@Injectable()
export class AttemptLog {
  private readonly log = new Logger('Delivery');

  constructor(
    private readonly telemetry: Telemetry,
    private readonly config: Config,
  ) {}

  attempt({ claim, endpoint, plan, outcome, verdict, held }: LoggedAttempt): void {
    if (held && verdict.next === 'done') this.telemetry.countEnd('async', 'completed');
    if (held && verdict.next === 'dead') this.telemetry.countEnd('async', 'dead_letter');
    const isGood = verdict.next === 'done' || verdict.next === 'retry';
    if (!isLogged(isGood ? 'info' : 'warn', this.config.log.level)) return;
    const line = {
      msg: held ? titles[verdict.next] : 'late result of a lost claim, nothing was changed',
      ...callLine({
        call: fieldsOf(claim),
        url: endpoint.url,
        acceptedAt: claim.acceptedAt,
        nowMs: Date.now(),
        attempts: `${claim.attempt}/${lastAttemptOf(claim.attempt, claim.attemptsCounted, plan.maxAttempts)}`,
        outcome,
        reason: verdict.next === 'dead' ? verdict.reason : null,
        next: held ? verdict.next : 'lost',
      }),
      ...(verdict.next === 'retry' ? { retryInMs: Math.round(verdict.delayMs) } : {}),
    };
    if (isGood) this.log.log(line);
    else this.log.warn(line);
  }

  buried(claim: Claim, reason: string, error: string, held: boolean): void {
    if (!held) return;
    this.telemetry.countEnd('async', 'dead_letter');
    const attempts = String(claim.attempt - 1);
    this.log.warn({ msg: titles.dead, ...story(claim), attempts, reason, error, next: 'dead' });
  }

  postponed(claim: Claim, reason: string, delayMs: number): void {
    this.log.debug({ msg: 'delivery postponed', ...story(claim), reason, delayMs: Math.round(delayMs) });
  }

  /** Logs that nothing could be sent yet. */
  unready(claim: Claim, error: Error): void {
    this.log.warn({ msg: 'delivery not ready, will be tried again', ...story(claim), error: error.message });
  }

  /** Logs that the result could not be stored yet. */
  trouble(claim: Claim, error: Error): void {
    this.log.warn({ msg: 'result not stored yet, trying again', ...story(claim), error: error.message });
  }
}

const titles = {
  done: 'delivery completed',
  retry: 'delivery failed, will be retried',
  again: 'delivery interrupted, will be attempted again',
  dead: 'delivery failed for good',
} as const;

function story(claim: Claim): CallFields & { sinceAcceptedMs: number } {
  return { ...fieldsOf(claim), sinceAcceptedMs: sinceAccepted(claim) };
}

function fieldsOf({ deliveryId, appId, capability, eventType, requestId }: Claim): CallFields {
  return { deliveryId, appId, capability, eventType, requestId };
}

function sinceAccepted({ acceptedAt }: Claim): number {
  return Date.now() - acceptedAt.getTime();
}
