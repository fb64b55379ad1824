import type { Problem } from '../errors/breakwater.error.js';
import { duration } from './kinds.js';
import { editDistance } from '../text/edit-distance.js';

const PREFIX = 'WEBHOOK_TIMEOUT_';
const DEFAULTS = ['WEBHOOK_TIMEOUT_DEFAULT', 'WEBHOOK_TIMEOUT_ASYNC_DEFAULT'];
const MIN_MS = 1000;
const MAX_MS = 60_000;

/** Reads `WEBHOOK_TIMEOUT_<CAPABILITY>`, which override the shipped values. Keys of the result are in lower case. */
export function readCapabilityTimeouts(
  env: Readonly<Record<string, string | undefined>>,
  shipped: Readonly<Record<string, number>>,
): { byCapability: Record<string, number>; problems: Problem[] } {
  // No prototype: a capability may be called `constructor`.
  const byCapability: Record<string, number> = Object.assign(Object.create(null), shipped);
  const problems: Problem[] = [];
  const kind = duration(MIN_MS, MAX_MS);
  for (const [name, raw] of Object.entries(env)) {
    const text = raw?.trim();
    if (!name.startsWith(PREFIX) || DEFAULTS.includes(name) || !text) continue;
    const slip = DEFAULTS.find((known) => editDistance(known, name) <= 2);
    const ms = kind.read(text);
    if (slip !== undefined) {
      problems.push({
        pointer: `/${name}`,
        rule: 'unknown',
        message: `${name} is not a setting; did you mean ${slip}?`,
      });
    } else if (typeof ms !== 'number' || ms < MIN_MS || ms > MAX_MS) {
      const message = `${name} must be ${kind.expects}`;
      problems.push({ pointer: `/${name}`, rule: 'duration', message, bounds: kind.bounds, value: text });
    } else byCapability[name.slice(PREFIX.length).toLowerCase()] = ms;
  }
  return { byCapability, problems };
}
