import { decode } from './encoding.js';
import { bytesOf, describe, type RequestReader } from './request-reader.js';
import type { SharedScheme } from './scheme.js';
import { refused, type Verification } from './verification.js';

/** The request holds the secret itself. An empty secret matches nothing. */
export function verifyShared(
  scheme: SharedScheme,
  reader: RequestReader,
  secrets: readonly string[],
): Verification {
  const text = reader.one(scheme.value);
  if (typeof text !== 'string') return text;
  const sent = scheme.as === 'basic' ? decode(text, 'base64') : bytesOf(text, scheme.value);
  if (sent === null) return refused('signature_malformed', `${describe(scheme.value)} is not base64.`);
  if (secrets.every((secret) => secret === '')) {
    return refused('secret_missing', 'The source has no secret: set the one of the provider.');
  }
  const secretIndex = secrets.findIndex(
    (secret) => secret !== '' && reader.steps.isSame(sent, Buffer.from(secret)),
  );
  if (secretIndex !== -1) return { kind: 'verified', secretIndex };
  return refused('signature_mismatch', `${describe(scheme.value)} is not the secret of the source.`);
}
