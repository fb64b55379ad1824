import type { Problem } from '../errors/breakwater.error.js';
import { Config, holdersOf } from './config.js';
import { nearestName } from './nearest.js';
import { settingsOf } from './setting.js';

/** Only prefixes nobody else's variables are likely to have: hosts set REDIS_*, API_* or SMTP_* on their own. */
const OUR_PREFIXES = [
  'CIRCUIT_BREAKER_',
  'WEBHOOK_RETRY_',
  'QUEUE_',
  'DELIVERY_',
  'OUTBOUND_',
  'BULKHEAD_',
  'BATCH_',
  'DLQ_',
  'IDEMPOTENCY_',
  'ENCRYPTION_',
];

/** Variables that look like ours and are not: a misspelt one would otherwise be ignored in silence. */
export function unknownNameProblems(env: Readonly<Record<string, string | undefined>>): Problem[] {
  const known = holdersOf(new Config()).flatMap((holder) => settingsOf(holder).map((setting) => setting.env));
  return Object.keys(env)
    .filter((name) => OUR_PREFIXES.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      return {
        pointer: `/${name}`,
        rule: 'unknown',
        message: `${name} is not a setting${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
        bounds: nearest,
      };
    });
}
