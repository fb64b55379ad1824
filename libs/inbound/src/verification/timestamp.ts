import type { TimestampRule } from './scheme.js';
import type { Steps } from './steps.js';
import { refused, type Refused } from './verification.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Milliseconds since 1970, or null when the text is not a time in this unit. */
export function timeOf(text: string, unit: TimestampRule['unit']): number | null {
  if (unit === 'iso') {
    const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(time) ? null : time;
  }
  if (!/^\d{1,15}$/.test(text)) return null;
  return unit === 's' ? Number(text) * 1000 : Number(text);
}

/** Clocks differ by less, so a longer tolerance is for the past only. */
const FUTURE_MAX_S = 300;

/** Why a time is refused, or null when it is near enough to now. */
export function ageProblem(
  time: number,
  { now, toleranceS, steps }: { now: Date; toleranceS: number; steps: Steps },
): Refused | null {
  const ageS = (now.getTime() - time) / 1000;
  const futureS = Math.min(toleranceS, FUTURE_MAX_S);
  const allowed =
    futureS === toleranceS
      ? `allowed are ±${toleranceS} s`
      : `allowed are ${toleranceS} s in the past and ${futureS} s in the future`;
  if (steps.isTooOld(ageS, toleranceS)) {
    return refused('timestamp_old', `The timestamp is ${inWords(ageS)} old; ${allowed}.`);
  }
  if (steps.isTooEarly(ageS, futureS)) {
    return refused('timestamp_future', `The timestamp is ${inWords(-ageS)} in the future; ${allowed}.`);
  }
  return null;
}

/** Whole seconds, rounded away from zero, so that 300.4 s never reads as the allowed 300 s. */
function inWords(seconds: number): string {
  return `${Math.ceil(seconds)} s`;
}
