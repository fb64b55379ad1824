import { nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import { inspect, isPart, type Path } from './inspect.js';
import { FallbackDto } from './manifest-classes.js';
import type { FallbackSetting } from './manifest.js';

/** Problems of a webhook's `fallback`, which is a strategy's name or an object. */
export function fallbackProblems(fallback: unknown, strategies: readonly string[], path: Path): Problem[] {
  if (typeof fallback === 'string') {
    return [...strategyProblems(fallback, strategies, path), ...missingValue(fallback, {}, path)];
  }
  if (!isPart(fallback)) {
    const message = 'fallback must be the name of a strategy, or an object with `strategy`';
    return [{ pointer: pointerTo(...path), rule: 'type', message, value: readable(fallback) }];
  }
  return [
    ...inspect(fallback, FallbackDto, path),
    ...strategyProblems(fallback.strategy, strategies, [...path, 'strategy']),
    ...missingValue(fallback.strategy, fallback, path),
  ];
}

/** Parts of a valid `fallback` that have no effect. */
export function fallbackWarnings(fallback: unknown, path: Path): Problem[] {
  if (!isPart(fallback)) return [];
  const idle = Object.entries({ value: 'static', maxAgeMs: 'last_success' }).filter(
    ([key, strategy]) => fallback[key] !== undefined && fallback.strategy !== strategy,
  );
  return idle.map(([key, strategy]) => ({
    pointer: pointerTo(...path, key),
    rule: 'no_effect',
    message: `${key} is for the strategy ${strategy}`,
  }));
}

/** A valid `fallback` as an object; null where the manifest has none. */
export function fallbackSetting(fallback: unknown): FallbackSetting | null {
  if (fallback === undefined) return null;
  return typeof fallback === 'string' ? { strategy: fallback } : { ...(fallback as FallbackSetting) };
}

function strategyProblems(strategy: unknown, strategies: readonly string[], path: Path): Problem[] {
  if (typeof strategy === 'string' && strategies.includes(strategy)) return [];
  const problem = { pointer: pointerTo(...path), bounds: { allowed: strategies } };
  const list = `fallback strategy must be one of ${strategies.join(', ')}`;
  if (strategy === undefined) return [{ ...problem, rule: 'required', message: `${list} and is required` }];
  const meant = typeof strategy === 'string' ? `, did you mean "${nearest(strategy, strategies)}"?` : '';
  return [{ ...problem, rule: 'one_of', message: list + meant, value: readable(strategy) }];
}

function missingValue(strategy: unknown, fallback: Record<string, unknown>, path: Path): Problem[] {
  if (strategy !== 'static' || fallback.value !== undefined) return [];
  const message = 'the strategy static needs a value: {"strategy": "static", "value": …}';
  return [{ pointer: pointerTo(...path, 'value'), rule: 'required', message }];
}
