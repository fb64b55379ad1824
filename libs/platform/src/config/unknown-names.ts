import type { Problem } from '../errors/breakwater.error.js';
import { Config, holdersOf } from './config.js';
import { editDistance } from '../text/edit-distance.js';
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

/** What follows is a capability's own, free name. */
const CAPABILITY_TIMEOUT = 'WEBHOOK_TIMEOUT_';

/** What other programs call a setting of ours. */
const KNOWN_ELSEWHERE: Readonly<Record<string, string>> = { PORT: 'API_PORT' };

/** Shorter names are too often near to another by chance. */
const LEAST_LENGTH = 8;

/** One letter of 8 is a slip, two of 16 are; more is another program's variable. */
const LETTERS_A_SLIP = 8;

/** Variables that look like ours and are not: a misspelt one would otherwise be ignored in silence. */
export function unknownNameProblems(env: Readonly<Record<string, string | undefined>>): Problem[] {
  const known = holdersOf(new Config()).flatMap((holder) => settingsOf(holder).map((setting) => setting.env));
  return Object.keys(env)
    .filter((name) => env[name]?.trim() && !known.includes(name) && looksLikeOurs(name, known, env))
    .map((name) => {
      const nearest = KNOWN_ELSEWHERE[name] ?? nearestName(name, known);
      return {
        pointer: `/${name}`,
        rule: 'unknown',
        message: `${name} is not a setting${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
        bounds: nearest,
      };
    });
}

function looksLikeOurs(
  name: string,
  known: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (OUR_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  const meant = KNOWN_ELSEWHERE[name];
  if (meant !== undefined) return !env[meant]?.trim();
  if (name.length < LEAST_LENGTH || name.startsWith(CAPABILITY_TIMEOUT)) return false;
  const nearest = nearestName(name, known);
  return nearest !== undefined && editDistance(name, nearest) <= Math.floor(name.length / LETTERS_A_SLIP);
}
