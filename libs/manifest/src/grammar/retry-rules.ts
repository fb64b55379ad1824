import { nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import { inspect, isPart, type Path } from './inspect.js';
import { RetryDto } from './manifest-classes.js';
import type { RetrySetting } from './manifest.js';
import { RETRY_PROFILES, type RetryProfileName } from './retry-profiles.js';

/** Problems of a webhook's `retry`, which is a profile's name or an object. */
export function retryProblems(retry: unknown, path: Path): Problem[] {
  if (typeof retry === 'string') return profileProblems(retry, path);
  if (!isPart(retry)) {
    const message = `retry must be one of ${RETRY_PROFILES.join(', ')}, or an object`;
    return [{ pointer: pointerTo(...path), rule: 'type', message, value: readable(retry) }];
  }
  const profile = retry.profile === undefined ? [] : profileProblems(retry.profile, [...path, 'profile']);
  return [...inspect(retry, RetryDto, path), ...profile];
}

/** Parts of a valid `retry` that have no effect. */
export function retryWarnings(retry: unknown, path: Path): Problem[] {
  if (!isPart(retry) || !Array.isArray(retry.schedule)) return [];
  const idle = ['initialDelayMs', 'multiplier', 'maxDelayMs'].filter((key) => retry[key] !== undefined);
  const warnings = idle.map((key) => ({
    pointer: pointerTo(...path, key),
    rule: 'no_effect',
    message: `${key} does nothing beside a schedule`,
  }));
  if (typeof retry.maxAttempts !== 'number' || retry.maxAttempts === retry.schedule.length + 1)
    return warnings;
  const message = `a schedule of ${retry.schedule.length} delays makes ${retry.schedule.length + 1} attempts, maxAttempts says ${retry.maxAttempts}`;
  return [...warnings, { pointer: pointerTo(...path, 'maxAttempts'), rule: 'mismatch', message }];
}

/** A valid `retry` as an object; null where the manifest has none. */
export function retrySetting(retry: unknown): RetrySetting | null {
  if (retry === undefined) return null;
  if (typeof retry === 'string') return { profile: retry as RetryProfileName };
  return { ...(retry as RetrySetting) };
}

function profileProblems(profile: unknown, path: Path): Problem[] {
  if (RETRY_PROFILES.includes(profile as RetryProfileName)) return [];
  const meant = typeof profile === 'string' ? `, did you mean "${nearest(profile, RETRY_PROFILES)}"?` : '';
  return [
    {
      pointer: pointerTo(...path),
      rule: 'one_of',
      message: `retry profile must be one of ${RETRY_PROFILES.join(', ')}${meant}`,
      bounds: { allowed: RETRY_PROFILES },
      value: readable(profile),
    },
  ];
}
