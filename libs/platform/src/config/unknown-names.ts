import type { Problem } from '../errors/breakwater.error.js';
import { Config, holdersOf } from './config.js';
import { editDistance } from '../text/edit-distance.js';
import { nearestName } from './nearest.js';
import { settingsOf } from './setting.js';

/** Only prefixes that other programs hardly use: hosts set REDIS_*, API_* or SMTP_* on their own. */
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

/** The rest of the name is a capability, chosen freely. */
const CAPABILITY_TIMEOUT = 'WEBHOOK_TIMEOUT_';

/** Names that other programs use for a setting of ours. */
const KNOWN_ELSEWHERE: Readonly<Record<string, string>> = { PORT: 'API_PORT' };

/** Shorter names are too often similar to another by chance. */
const LEAST_LENGTH = 8;

/** One wrong letter in 8, or two in 16, is a typing error; more means another program's variable. */
const LETTERS_A_SLIP = 8;

/** Variables that look like ours and are not: otherwise a misspelt one would be ignored silently. */
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
  const slips = Math.floor(name.length / LETTERS_A_SLIP);
  // By length first: each start compares every variable with every setting.
  return known.some(
    (each) => Math.abs(each.length - name.length) <= slips && editDistance(name, each) <= slips,
  );
}
