import { ValidateBy } from 'class-validator';
import { isValidSecret } from '../secrets/signing-secret.js';

/** A string that WHATWG URL can read, with one of the schemes and a host. */
export function IsWebUrl(schemes: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'isWebUrl',
    validator: {
      validate: (value: unknown) => isUrl(value, schemes),
      defaultMessage: () => 'is no such URL',
    },
  });
}

/** A secret that the signer takes. */
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
