/** What a person can do with a breaker, and what is said before. Pure. */

export type BreakerAct = 'reset' | 'open' | 'closed' | 'automatic';

interface Known {
  state: string;
  forced: string | null;
}

/** The acts that change something, in the order in which they are offered. */
export function actsOf({ state, forced }: Known): BreakerAct[] {
  const acts: BreakerAct[] = [];
  if (forced !== null) acts.push('automatic');
  else if (state !== 'closed') acts.push('reset');
  if (forced !== 'open') acts.push('open');
  if (forced !== 'closed') acts.push('closed');
  return acts;
}

interface Wording {
  /** On the button. */
  verb: string;
  /** Before it is done: what it is about. */
  question: (name: string) => string;
  /** What will happen. */
  effect: string;
  /** What is said afterwards. */
  done: (name: string) => string;
  isDangerous: boolean;
}

export const WORDING: Readonly<Record<BreakerAct, Wording>> = {
  reset: {
    verb: 'Reset',
    question: (name) => `Reset the breaker of ${name}?`,
    effect:
      'It closes and its counts are set to zero: calls are sent at once, and waiting deliveries are due. The next failures in a row open it again.',
    done: (name) => `The breaker of ${name} was reset.`,
    isDangerous: false,
  },
  open: {
    verb: 'Force open',
    question: (name) => `Force the breaker of ${name} open?`,
    effect:
      'No call is sent until a person makes it automatic again, however healthy the app is. Sync calls get their fallback or an error; deliveries wait and age. You can undo this at any time.',
    done: (name) => `The breaker of ${name} is forced open.`,
    isDangerous: true,
  },
  closed: {
    verb: 'Force closed',
    question: (name) => `Force the breaker of ${name} closed?`,
    effect:
      'Every call is sent until a person makes it automatic again, however many fail. Callers wait for an app that may not answer, and attempts are used up. You can undo this at any time.',
    done: (name) => `The breaker of ${name} is forced closed.`,
    isDangerous: true,
  },
  automatic: {
    verb: 'Back to automatic',
    question: (name) => `Make the breaker of ${name} automatic again?`,
    effect:
      'Calls decide again. If it was forced open, the next call is the probe; if it was forced closed, it begins closed with its counts at zero.',
    done: (name) => `The breaker of ${name} is automatic again.`,
    isDangerous: false,
  },
};

const CAUSES: Readonly<Record<string, string>> = {
  failures: 'failures in a row',
  failure_rate: 'failure rate',
  slow_calls: 'slow calls',
  probe_due: 'probe was due',
  health_check: 'health check was good',
  probe_failed: 'probe failed',
  probes_succeeded: 'probes succeeded',
  reset: 'reset',
  forced_open: 'forced open',
  forced_closed: 'forced closed',
  automatic: 'back to automatic',
};

/** The cause of a change in words. */
export function causeOf(cause: string): string {
  return CAUSES[cause] ?? cause.replaceAll('_', ' ');
}

const TRIGGERS: Readonly<Record<string, string>> = {
  automatic: 'automatic',
  manual: 'a person',
  health_check: 'health check',
};

/** Who or what made a change. */
export function byWhom({ trigger, actor }: { trigger: string; actor: string | null }): string {
  return actor ?? TRIGGERS[trigger] ?? trigger;
}

interface Rates {
  failureThreshold: number;
  recoveryTimeoutMs: number;
  successThreshold: number;
  failureRate: number;
  slowCallRate: number;
  slowCallMs: number;
  windowMs: number;
  minCalls: number;
}

/** When it opens and closes, in sentences. */
export function policySentences(policy: Rates, duration: (ms: number) => string): string[] {
  const within = `within ${duration(policy.windowMs)}, counted from ${policy.minCalls} calls on`;
  return [
    `Opens after ${policy.failureThreshold} failures in a row.`,
    ...(policy.failureRate > 0 ? [`Opens when ${policy.failureRate} % of the calls fail ${within}.`] : []),
    ...(policy.slowCallRate > 0
      ? [
          `Opens when ${policy.slowCallRate} % of the calls take ${duration(policy.slowCallMs)} or longer ${within}.`,
        ]
      : []),
    `Sends a probe ${duration(policy.recoveryTimeoutMs)} after opening, or earlier when the app's health check is good.`,
    policy.successThreshold === 1
      ? 'Closes after one successful probe.'
      : `Closes after ${policy.successThreshold} successful probes in a row.`,
  ];
}
