import type { AttemptDto, DeliveryStoryDto } from '@breakwater/client';

/** A stretch in the life of a delivery: a call, or the wait before the next. */
export interface Stretch {
  kind: 'attempt' | 'wait';
  fromMs: number;
  toMs: number;
  /** Number of the attempt; of a wait, of the attempt before it, or 0. */
  number: number;
  /** Outcome of the attempt; of a wait, whether it still lasts. */
  state: string;
}

type Lived = Pick<DeliveryStoryDto, 'createdAt' | 'finishedAt' | 'nextAttemptAt' | 'status'> & {
  history: Pick<AttemptDto, 'number' | 'startedAt' | 'durationMs' | 'outcome'>[];
};

/** All calls of a delivery in the order of time with the waits between them, each from the end of what was before. */
export function stretchesOf({ createdAt, finishedAt, nextAttemptAt, status, history }: Lived): Stretch[] {
  const attempts = [...history].sort((one, other) => one.number - other.number);
  const stretches: Stretch[] = [];
  let endMs = Date.parse(createdAt);
  let last = 0;
  for (const { number, startedAt, durationMs, outcome } of attempts) {
    const fromMs = Date.parse(startedAt);
    if (fromMs > endMs)
      stretches.push({ kind: 'wait', fromMs: endMs, toMs: fromMs, number: last, state: 'over' });
    endMs = Math.max(fromMs + (durationMs ?? 0), endMs);
    last = number;
    stretches.push({ kind: 'attempt', fromMs, toMs: fromMs + (durationMs ?? 0), number, state: outcome });
  }
  const untilMs = status === 'pending' && nextAttemptAt !== null ? Date.parse(nextAttemptAt) : null;
  if (untilMs !== null && untilMs > endMs) {
    stretches.push({ kind: 'wait', fromMs: endMs, toMs: untilMs, number: last, state: 'lasts' });
  }
  const endedMs = finishedAt === null ? null : Date.parse(finishedAt);
  if (endedMs !== null && endedMs - endMs > LONG_END_MS) {
    stretches.push({ kind: 'wait', fromMs: endMs, toMs: endedMs, number: last, state: 'over' });
  }
  return stretches;
}

/** Shorter than this is what it takes to write the end down, ms. */
const LONG_END_MS = 1000;

/** No stretch is narrower than this, in percent: short calls between long waits stay visible. */
const NARROWEST = 1.5;

/** Widths in percent that sum to 100, in proportion to the durations, but none below {@link NARROWEST}. */
export function widthsOf(durations: readonly number[]): number[] {
  const count = durations.length;
  const floor = Math.min(NARROWEST, 100 / Math.max(1, count));
  const total = durations.reduce((sum, one) => sum + one, 0);
  const rest = 100 - floor * count;
  return durations.map((one) => floor + (total === 0 ? rest / count : (one / total) * rest));
}

export interface Phase {
  name: 'DNS' | 'connect' | 'TLS' | 'first byte' | 'body' | 'call';
  ms: number;
}

/** What a call spent its time on; a phase that is not known is left out. */
export interface PhaseTimes {
  dnsMs?: number | null;
  connectMs?: number | null;
  tlsMs?: number | null;
  firstByteMs?: number | null;
  bodyMs?: number | null;
}

/** The phases of a call in their order. Without any, the call is one phase. */
export function phasesOf(times: PhaseTimes | null | undefined, durationMs: number | null): Phase[] {
  const known: { name: Phase['name']; ms: number | null | undefined }[] = [
    { name: 'DNS', ms: times?.dnsMs },
    { name: 'connect', ms: times?.connectMs },
    { name: 'TLS', ms: times?.tlsMs },
    { name: 'first byte', ms: times?.firstByteMs },
    { name: 'body', ms: times?.bodyMs },
  ];
  const phases = known.flatMap(({ name, ms }) => (ms === null || ms === undefined ? [] : [{ name, ms }]));
  if (phases.length > 0 || durationMs === null) return phases;
  return [{ name: 'call', ms: durationMs }];
}
