import type { By, From, HmacScheme, JwtScheme, PublicKeyScheme, Scheme } from '../verification/scheme.js';

/** How a provider's requests are verified, as one line of Markdown. */
export function describeScheme(scheme: Scheme): string {
  switch (scheme.kind) {
    case 'hmac':
      return `HMAC-${hmacName(scheme.algorithm)} of ${over(scheme)}, as ${scheme.encoding} in ${place(scheme.signature)}`;
    case 'public-key':
      return `a signature (${algorithms(scheme.algorithm)}) of ${over(scheme)}, as ${scheme.encoding} in ${place(scheme.signature)}${keyOf(scheme)}`;
    case 'shared':
      return scheme.as === 'basic'
        ? `user and password (HTTP Basic) in ${place(scheme.value)}: the body is not signed`
        : `the secret itself, in ${place(scheme.value)}: the body is not signed`;
    case 'jwt':
      return describeJwt(scheme);
  }
}

/** How old a request may be, as one line of Markdown. */
export function describeAge(scheme: Scheme): string {
  if (scheme.kind === 'jwt') {
    return scheme.maxAgeS === undefined
      ? 'as the token says'
      : `${scheme.maxAgeS} s, by \`iat\` of the token`;
  }
  if (scheme.kind === 'shared' || !scheme.timestamp) return 'any age: no time is signed';
  const { toleranceS, from } = scheme.timestamp;
  if (toleranceS === undefined) return 'any age: a time is signed, but it is not checked';
  return `${toleranceS} s, by ${place(from)}`;
}

/** Where a text of a request stands, as Markdown. */
export function place(from: From): string {
  if ('query' in from) return `the query parameter \`${from.query}\``;
  if ('form' in from) return `the form field \`${from.form}\``;
  if ('body' in from) return `\`${from.body}\` of the body`;
  const names = (typeof from.header === 'string' ? [from.header] : from.header).map((name) => `\`${name}\``);
  const header = `the header ${names.join(' or ')}`;
  return from.field === undefined ? header : `\`${from.field}\` of ${header}`;
}

function over({ over: text, bodyHash }: HmacScheme | PublicKeyScheme): string {
  const signed = typeof text === 'string' ? `\`${text}\`` : cases(text);
  return bodyHash === undefined ? signed : `${signed}, with a hash of the body in ${place(bodyHash.from)}`;
}

function hmacName(algorithm: HmacScheme['algorithm']): string {
  if (typeof algorithm === 'string') return algorithm.toUpperCase();
  const names = [...new Set(Object.values(algorithm.when))].map((name) => name.toUpperCase());
  return `${names.join(' or ')} (by ${place(algorithm.by)})`;
}

function algorithms(algorithm: PublicKeyScheme['algorithm']): string {
  return typeof algorithm === 'string' ? algorithm : cases(algorithm);
}

/** The values of a choice, without the texts that lead to them. */
function cases(choice: Exclude<By<string>, string>): string {
  const values = [...new Set(Object.values(choice.when))].map((value) => `\`${value}\``);
  return `${values.join(' or ')} (by ${place(choice.by)})`;
}

function keyOf({ key }: PublicKeyScheme): string {
  if (!('certificate' in key)) return '';
  return `; its certificate is read from ${key.hosts.map((host) => `\`${host}\``).join(' or ')} only`;
}

function describeJwt({ token, algorithms: accepted, bodyHash, jwks }: JwtScheme): string {
  const hash = bodyHash ? `, with a hash of the body in its claim \`${bodyHash.claim}\`` : '';
  const keys = jwks ? `; keys are read from \`${jwks}\`` : '';
  return `a JSON Web Token (${accepted.join(', ')}) in ${place(token)}${hash}${keys}`;
}
