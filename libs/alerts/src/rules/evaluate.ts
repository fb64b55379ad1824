import { TYPE_TRAITS, type AlertRule, type Comparison } from './alert-rule.js';
import type { Measurement } from './measure.js';

/** The result of a rule for one subject now. */
export type Evaluation =
  | { kind: 'firing' | 'fine'; value: number; samples: number | null }
  /** Too few calls to judge; `isBreached` says whether they look bad. */
  | { kind: 'too_few_samples'; value: number; samples: number; isBreached: boolean }
  /** No calls at all within the window. */
  | { kind: 'no_samples' };

const BREACHES: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  '<': (value, threshold) => value < threshold,
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
};

/** @param measurement null: there is nothing to measure. A gauge is zero then. */
export function evaluate(
  rule: Pick<AlertRule, 'type' | 'threshold' | 'minSamples'>,
  measurement: Pick<Measurement, 'value' | 'samples'> | null,
): Evaluation {
  const { sampled, comparison } = TYPE_TRAITS[rule.type];
  if (measurement === null)
    return sampled ? { kind: 'no_samples' } : { kind: 'fine', value: 0, samples: null };
  const { value, samples } = measurement;
  const isBreached = BREACHES[comparison](value, rule.threshold);
  if (samples !== null && samples < rule.minSamples)
    return { kind: 'too_few_samples', value, samples, isBreached };
  return { kind: isBreached ? 'firing' : 'fine', value, samples };
}

/** The worse of two values. */
export function worse({ type }: Pick<AlertRule, 'type'>, a: number, b: number): number {
  return TYPE_TRAITS[type].comparison === '<' ? Math.min(a, b) : Math.max(a, b);
}
