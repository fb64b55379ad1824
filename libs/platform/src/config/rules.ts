import { ValidateBy } from 'class-validator';
import { readDatabaseUrl } from '../database/database-url.js';
import { isValidSecret } from '../secrets/signing-secret.js';

/** A string that the WHATWG URL parser accepts, with a host and one of the schemes. */
export function IsWebUrl(schemes: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'isWebUrl',
    validator: {
      validate: (value: unknown) => isUrl(value, schemes),
      defaultMessage: () => 'is no such URL',
    },
  });
}

/** A URL of PostgreSQL, with one host or several. */
export function IsDatabaseUrl(schemes: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'isWebUrl',
    validator: {
      validate: (value: unknown) => {
        const read = typeof value === 'string' ? readDatabaseUrl(value) : null;
        return read !== null && isUrl(read.first, schemes);
      },
      defaultMessage: () => 'is no such URL',
    },
  });
}

/** A secret that the signer accepts. */
export function IsSigningSecret(): PropertyDecorator {
  return ValidateBy({
    name: 'isSigningSecret',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isValidSecret(value),
      defaultMessage: () => 'is no such secret',
    },
  });
}

/** Every item of the array passes the test. */
export function IsEach(isItem: (item: string) => boolean): PropertyDecorator {
  return ValidateBy({
    name: 'isEach',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every((item) => isItem(String(item))),
      defaultMessage: () => 'holds a wrong item',
    },
  });
}

function isUrl(value: unknown, schemes: readonly string[]): boolean {
  if (typeof value !== 'string' || !schemes.some((scheme) => value.startsWith(`${scheme}://`))) return false;
  const parsed = URL.parse(value);
  return parsed !== null && parsed.hostname !== '';
}
