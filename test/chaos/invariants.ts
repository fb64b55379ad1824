/** One call as its receiver saw it. */
export interface LedgerLine {
  webhookId: string;
  /** From `X-Retry-Attempt`. */
  attempt: number;
  bodyDigest: string;
  /** Signed time and the receiver's time, seconds since 1970. */
  timestamp: number;
  receivedAt: number;
  /** Status of the answer; null when there was none. */
  answered: number | null;
}

export interface DeliveryFacts {
  id: string;
  status: string;
  attempts: number;
  attemptsCounted: number;
  redeliveries: number;
  /** Attempts that its plan allows. */
  maxAttempts: number;
}

export interface AttemptFacts {
  deliveryId: string;
  number: number;
  outcome: string;
  httpStatus: number | null;
  next: string;
  /** By the database's clock, since 1970. */
  startedAtMs: number;
  durationMs: number;
}

export interface TransitionFacts {
  breaker: string;
  generation: number;
  from: string;
  to: string;
  /** Recipients of the stored mails about it, and recipients for whom the mail server received one. */
  mailsStored: string[];
  mailsReceived: string[];
}

/** A call that was sent while its breaker was half-open. */
export interface ProbeFacts {
  breaker: string;
  generation: number;
  startMs: number;
  /** Null when it was never answered: the process that probed died. */
  endMs: number | null;
  /** Successes that close the breaker: more are not needed. */
  allowed: number;
}

export interface Facts {
  /** Digest of the accepted body, by delivery. */
  accepted: ReadonlyMap<string, string>;
  deliveries: readonly DeliveryFacts[];
  attempts: readonly AttemptFacts[];
  ledger: readonly LedgerLine[];
  transitions: readonly TransitionFacts[];
  probes: readonly ProbeFacts[];
  deadLetters: ReadonlyMap<string, string>;
  /** Who must get a mail about each opening and closing; null while no process sends mail. */
  mailRecipients: readonly string[] | null;
  /** `completed`, `failed` as in the API's statistics. */
  statistics: { completed: number; failed: number } | null;
  /** Sums over all calls, sync ones too: the first is counted row by row, the others come from the metrics. */
  metrics: readonly MetricFacts[];
}

export interface MetricFacts {
  of: string;
  calls: number;
  successes: number;
  timeouts: number;
}

const TERMINAL = ['completed', 'dead_letter', 'cancelled'];
/** Outcomes of attempts with unknown end: the receiver may have got the call or not. */
const UNSEEN = ['unknown', 'aborted'];
/** The receiver may still have answered: too late, or into a lost connection. */
const CUT = [...UNSEEN, 'timeout', 'network'];
/** Attempts that never reached a socket. */
const UNSENT = ['blocked', 'dns', 'tls', 'misconfigured'];
const SPARE_CLAIMS = 5;
/** Attempts that every error class with retries allows at least. */
const LEAST_TRIES = 4;
/** A duration is measured by the worker, the times around it by the database. */
const MEASURED_MS = 50;
/** The receiver's clock and the database's differ by less. */
const SAME_MOMENT_MS = 5;
const CLOCK_TOLERANCE_S = 60;

/**
 * The promises about deliveries, whatever died. Pure: takes SQL rows and the receiver's ledger, returns broken
 * promises, each with its number in docs/reference/guarantees.md.
 */
export function violations(facts: Facts): string[] {
  return [
    ...terminal(facts),
    ...covered(facts),
    ...numbered(facts),
    ...serial(facts),
    ...same(facts),
    ...interrupted(facts),
    ...breakers(facts),
    ...probes(facts),
    ...mails(facts),
    ...totals(facts),
    ...metricTotals(facts),
  ];
}

function terminal({ accepted, deliveries, deadLetters }: Facts): string[] {
  const known = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  return [
    ...[...accepted.keys()].filter((id) => !known.has(id)).map((id) => `1: ${id} was accepted and is gone`),
    ...deliveries
      .filter(({ status }) => !TERMINAL.includes(status))
      .map(({ id, status }) => `1: ${id} has not ended, it is ${status}`),
    ...deliveries
      .filter(({ id, status }) => (status === 'dead_letter') !== deadLetters.has(id))
      .map(
        ({ id, status }) =>
          `1: ${id} is ${status}, its dead letter ${deadLetters.has(id) ? 'is open' : 'is missing'}`,
      ),
  ];
}

function covered({ attempts, ledger }: Facts): string[] {
  const rows = new Map(attempts.map((row) => [`${row.deliveryId} ${row.number}`, row]));
  const lines = groupBy(ledger, ({ webhookId, attempt }) => `${webhookId} ${attempt}`);
  const found: string[] = [];
  for (const [name, calls] of lines) {
    const row = rows.get(name);
    if (!row) found.push(`2: the receiver got attempt ${name}, which has no row`);
    else if (calls.length > 1) found.push(`2: attempt ${name} left ${calls.length} times`);
    else if (!agrees(row, calls[0]!)) {
      found.push(
        `2: attempt ${name} is ${row.outcome} ${row.httpStatus ?? ''}, the receiver answered ${calls[0]!.answered}`,
      );
    }
  }
  for (const [name, row] of rows) {
    if (!lines.has(name) && ![...CUT, ...UNSENT].includes(row.outcome)) {
      found.push(`2: attempt ${name} is ${row.outcome}, and the receiver never got it`);
    }
  }
  return found;
}

function agrees(row: AttemptFacts, line: LedgerLine): boolean {
  if (UNSENT.includes(row.outcome)) return false;
  if (CUT.includes(row.outcome)) return true;
  return row.httpStatus === line.answered;
}

function numbered({ deliveries, attempts }: Facts): string[] {
  const byDelivery = groupBy(attempts, ({ deliveryId }) => deliveryId);
  const known = new Set(deliveries.map(({ id }) => id));
  const orphans = [...byDelivery.keys()].filter((id) => !known.has(id));
  const miscounted = deliveries.flatMap(({ id, attempts: count }) => {
    const numbers = (byDelivery.get(id) ?? []).map(({ number }) => number).sort((a, b) => a - b);
    const isWhole = numbers.length === count && numbers.every((number, index) => number === index + 1);
    return isWhole ? [] : [`3: ${id} counts ${count} attempts and has ${numbers.join(', ') || 'none'}`];
  });
  return [...orphans.map((id) => `3: ${id} has attempts and no row`), ...miscounted];
}

/** One attempt ends before the next begins: a result written over another's claim is found here. */
function serial({ attempts }: Facts): string[] {
  return [...groupBy(attempts, ({ deliveryId }) => deliveryId)].flatMap(([id, rows]) => {
    const ordered = [...rows].sort((a, b) => a.number - b.number);
    return ordered.slice(1).flatMap(({ number, startedAtMs }, index) => {
      const before = ordered[index]!;
      const earlyMs = before.startedAtMs + before.durationMs - startedAtMs;
      return earlyMs > MEASURED_MS
        ? [`3: ${id} began attempt ${number} ${Math.round(earlyMs)} ms before ${before.number} was over`]
        : [];
    });
  });
}

function same({ accepted, ledger }: Facts): string[] {
  // Its acceptance was never answered: then the first call tells its body.
  const first = new Map([...ledger].reverse().map(({ webhookId, bodyDigest }) => [webhookId, bodyDigest]));
  return ledger.flatMap(({ webhookId, bodyDigest, timestamp, receivedAt }) => {
    if ((accepted.get(webhookId) ?? first.get(webhookId)) !== bodyDigest)
      return [`4: ${webhookId} arrived with another body`];
    const offS = Math.abs(timestamp - receivedAt);
    return offS > CLOCK_TOLERANCE_S
      ? [`4: ${webhookId} is signed ${Math.round(offS)} s beside the time`]
      : [];
  });
}

function interrupted({ deliveries, attempts, deadLetters }: Facts): string[] {
  const byDelivery = groupBy(attempts, ({ deliveryId }) => deliveryId);
  return deliveries.flatMap(({ id, attemptsCounted, redeliveries, maxAttempts }) => {
    const rows = byDelivery.get(id) ?? [];
    const seen = rows.filter(({ outcome }) => !UNSEEN.includes(outcome)).length;
    const unseen = rows.filter(({ outcome }) => outcome === 'unknown').length;
    const found: string[] = [];
    if (redeliveries === 0 && attemptsCounted !== seen) {
      found.push(`5: ${id} counts ${attemptsCounted} attempts, ${seen} came to an end`);
    }
    if (unseen > (maxAttempts + SPARE_CLAIMS) * (redeliveries + 1))
      found.push(`5: ${id} was claimed without limit`);
    if (redeliveries === 0 && attemptsCounted > maxAttempts)
      found.push(`5: ${id} had ${attemptsCounted} attempts of ${maxAttempts}`);
    if (
      deadLetters.get(id) === 'exhausted' &&
      redeliveries === 0 &&
      seen < Math.min(maxAttempts, LEAST_TRIES)
    ) {
      found.push(`5: ${id} became a dead letter after ${seen} attempts that came to an end`);
    }
    const claimed = rows.filter(({ outcome }) => outcome !== 'aborted').length;
    if (deadLetters.get(id) === 'poison' && claimed < maxAttempts + SPARE_CLAIMS)
      found.push(`5: ${id} became poison after ${claimed} claims`);
    return found;
  });
}

function breakers({ transitions }: Facts): string[] {
  const found: string[] = [];
  for (const [breaker, rows] of groupBy(transitions, (row) => row.breaker)) {
    const ordered = [...rows].sort((a, b) => a.generation - b.generation);
    for (const [index, row] of ordered.entries()) {
      if (row.generation !== index + 1)
        found.push(`6: ${breaker} goes from change ${index} to ${row.generation}`);
      const before = ordered[index - 1]?.to ?? 'closed';
      if (row.from !== before) found.push(`6: ${breaker} leaves ${row.from} while it is ${before}`);
    }
  }
  return found;
}

function probes({ probes: all }: Facts): string[] {
  const found: string[] = [];
  for (const [name, calls] of groupBy(all, ({ breaker, generation }) => `${breaker}, change ${generation}`)) {
    const ordered = [...calls].sort((a, b) => a.startMs - b.startMs);
    for (const [index, { startMs }] of ordered.entries()) {
      const before = ordered[index - 1];
      if (before?.endMs && startMs < before.endMs - SAME_MOMENT_MS)
        found.push(`6: ${name}: two probes at a time`);
    }
    const answered = ordered.filter(({ endMs }) => endMs !== null).length;
    if (answered > ordered[0]!.allowed) {
      found.push(`6: ${name}: ${answered} probes, ${ordered[0]!.allowed} allowed`);
    }
  }
  return [...new Set(found)];
}

function mails({ transitions, mailRecipients }: Facts): string[] {
  if (mailRecipients === null) return [];
  return transitions.flatMap(({ breaker, generation, from, to, mailsStored, mailsReceived }) => {
    // A failed probe opens it again: the same outage, reported once.
    const isTold = (from === 'closed' && to === 'open') || (from !== 'closed' && to === 'closed');
    const expected = isTold ? [...mailRecipients].sort().join() : '';
    const name = `change ${generation} of ${breaker} (${from} > ${to})`;
    return Object.entries({ written: mailsStored, mailed: mailsReceived })
      .filter(([, recipients]) => [...recipients].sort().join() !== expected)
      .map(([done, recipients]) => `6: ${name} was ${done} to [${recipients.join()}]`);
  });
}

/** The queue statistics of the API. A delivery's own count of attempts is compared in 3. */
function totals({ deliveries, statistics }: Facts): string[] {
  if (statistics === null) return [];
  const completed = deliveries.filter(({ status }) => status === 'completed').length;
  const failed = deliveries.filter(({ status }) => status === 'dead_letter').length;
  return statistics.completed === completed && statistics.failed === failed
    ? []
    : [
        `7: statistics say ${statistics.completed} completed and ${statistics.failed} failed, the rows ${completed} and ${failed}`,
      ];
}

function metricTotals({ metrics: [rows, ...rolledUp] }: Facts): string[] {
  return rolledUp.flatMap((sums) =>
    (['calls', 'successes', 'timeouts'] as const)
      .filter((key) => sums[key] !== rows![key])
      .map((key) => `7: ${sums.of} say ${sums[key]} ${key}, the attempts ${rows![key]}`),
  );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
