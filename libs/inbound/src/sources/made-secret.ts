import { generateSecret, type Problem } from '@breakwater/platform';
import type { Handshake } from '../handshakes/handshake.js';
import { HANDSHAKES } from '../handshakes/handshakes.js';
import type { Scheme } from '../verification/scheme.js';
import { takesSecret } from '../verification/secret-problem.js';
import type { Presets } from './verification-rules.js';

const BYTES = 32;

/**
 * A new secret in the form that a scheme takes; null if none can be made, because the provider has the key.
 * @param random gives n cryptographically random bytes
 */
export function madeSecret(scheme: Scheme | null, random: (n: number) => Buffer): string | null {
  if (scheme === null || !takesSecret(scheme)) return null;
  switch (scheme.kind) {
    case 'public-key':
      return null;
    case 'jwt':
      return scheme.algorithms.every((name) => name.startsWith('HS')) ? random(BYTES).toString('hex') : null;
    case 'shared':
      // Some providers take letters and digits only.
      return (scheme.as === 'basic' ? 'breakwater:' : '') + random(BYTES).toString('hex');
    case 'hmac': {
      const { encoding, prefix = '' } = scheme.secret ?? { encoding: 'utf8' };
      if (encoding === 'utf8') return generateSecret(random);
      return prefix + random(BYTES).toString(encoding);
    }
  }
}

/** Whether the provider makes the secret and sends it in a challenge: then another one would never fit. */
export function isSecretSent(verification: Readonly<Record<string, unknown>>, presets: Presets): boolean {
  const { handshakes = [] } = presets.get(verification['preset'] as string) ?? {};
  return handshakes.some((name) => HANDSHAKES[name].some(({ learns }: Handshake) => learns !== undefined));
}

/** The problem of a request for a secret that cannot be made. */
export function notMadeProblem(pointer: string): Problem {
  const message =
    'no secret can be made for this verification, because the provider has or makes the key: give what it shows as `secret`, or leave it out if there is none';
  return { pointer, rule: 'secret', message };
}
