import { decode } from './encoding.js';
import type { HmacScheme } from './scheme.js';

/** A scheme and a secret that a user may have meant, and what was wrong with the given ones. */
export interface SecretVariant {
  scheme: HmacScheme;
  secret: string;
  cause: string;
}

const KNOWN_PREFIX = /^(?:whsec|secret|sk|hmac)[_-]/;

/** Other readings of a secret's text. */
export function* secretVariants(scheme: HmacScheme, secret: string): Generator<SecretVariant> {
  const trimmed = secret.trim();
  if (trimmed !== secret && trimmed !== '') {
    yield { scheme, secret: trimmed, cause: 'the secret of the source has blanks or a line break around it' };
  }
  const { encoding, prefix } = scheme.secret ?? { encoding: 'utf8' };
  const rest = prefix !== undefined && trimmed.startsWith(prefix) ? trimmed.slice(prefix.length) : trimmed;
  if (encoding !== 'utf8') {
    const cause = `the sender uses the text of the secret, but this source decodes it from ${encoding}`;
    yield { scheme: asText(scheme), secret: trimmed, cause };
    yield { scheme: asText(scheme), secret: rest, cause };
    return;
  }
  const bare = trimmed.replace(KNOWN_PREFIX, '');
  if (bare !== trimmed && bare !== '') {
    yield {
      scheme,
      secret: bare,
      cause: 'the sender uses the secret without the prefix that the source has',
    };
  }
  for (const from of ['base64', 'hex'] as const) {
    if (decode(bare, from) === null) continue;
    const secretForm = { encoding: from };
    const cause = `the sender decodes the secret from ${from}, but this source uses its text`;
    yield { scheme: { ...scheme, secret: secretForm }, secret: bare, cause };
  }
}

function asText(scheme: HmacScheme): HmacScheme {
  return { ...scheme, secret: { encoding: 'utf8' } };
}
