import { Allow, ValidateBy, type ValidationOptions } from 'class-validator';

export { Optional } from '@breakwater/platform';

/*
 * The decorators for the manifest's classes. Each is one class-validator rule whose `constraints` are all that the
 * JSON Schema needs (see SCHEMA_OF_RULE), so validator and schema use the same numbers.
 */

export interface Bounds {
  min: number;
  max: number;
}

/** A key whose value is checked by other code; the class only declares it. */
export const Part = (): PropertyDecorator => Allow();

/** A whole number within bounds, both included. */
export const Whole = (min: number, max: number, unit = ''): PropertyDecorator =>
  rule(
    'range',
    [min, max],
    { min, max },
    `must be a whole number from ${min} to ${max}${unit && ` ${unit}`}`,
    (value) => isNumberWithin(value, min, max, true),
  );

/** A number within bounds, both included. */
export const Real = (min: number, max: number): PropertyDecorator =>
  rule('number', [min, max], { min, max }, `must be a number from ${min} to ${max}`, (value) =>
    isNumberWithin(value, min, max, false),
  );

/** A list of whole numbers, its length and each of them within bounds. */
export const WholeList = (length: Bounds, each: Bounds, unit: string): PropertyDecorator =>
  rule(
    'list',
    [length, each],
    { length, each },
    `must be a list of ${length.min} to ${length.max} whole numbers from ${each.min} to ${each.max} ${unit}`,
    (value) =>
      Array.isArray(value) &&
      value.length >= length.min &&
      value.length <= length.max &&
      value.every((item) => isNumberWithin(item, each.min, each.max, true)),
  );

export const Flag = (): PropertyDecorator =>
  rule('boolean', [], undefined, 'must be true or false', (value) => typeof value === 'boolean');

/** Text of some Unicode characters that matches a pattern (flag `u`); `says` ends the sentence "must be …". */
export const Text = (max: number, pattern: string, says: string): PropertyDecorator => {
  const expression = new RegExp(pattern, 'u');
  return rule(
    'text',
    [max, pattern],
    { maxLength: max, pattern },
    `must be ${says}, 1 to ${max} characters`,
    (value) =>
      typeof value === 'string' && value !== '' && characters(value) <= max && expression.test(value),
  );
};

/**
 * The part of an address before the `@`: no blanks, no control characters, no marks that change the reading direction,
 * no quoting.
 */
const EMAIL_ATOM = '[^\\p{C}\\p{Z}<>()\\[\\]\\\\,;:"@.]+';
const LABEL_CHARACTER = '[\\p{L}\\p{M}\\p{N}]';
const EMAIL_LABEL = `${LABEL_CHARACTER}(?:[\\p{L}\\p{M}\\p{N}\\-]{0,61}${LABEL_CHARACTER})?`;
/**
 * An address in any script (RFC 6531): up to 64 characters before the `@`, a host name with a dot after it, no top
 * level of digits.
 */
const EMAIL_PATTERN = `^(?=[^@]{1,64}@)${EMAIL_ATOM}(?:\\.${EMAIL_ATOM})*@(?:${EMAIL_LABEL}\\.)+(?!\\p{N}+$)${LABEL_CHARACTER}(?:[\\p{L}\\p{M}\\p{N}\\-]{0,61}${LABEL_CHARACTER})$`;
/** Longest address in the envelope of a mail, in characters (RFC 5321 4.5.3.1). */
const EMAIL_MAX = 254;

/** An e-mail address; both parts may be in any script. */
export const Email = (): PropertyDecorator => {
  const expression = new RegExp(EMAIL_PATTERN, 'u');
  return rule(
    'isEmail',
    [EMAIL_MAX, EMAIL_PATTERN],
    { format: 'email', maxLength: EMAIL_MAX },
    `must be an e-mail address of ${EMAIL_MAX} characters at most`,
    (value) => typeof value === 'string' && characters(value) <= EMAIL_MAX && expression.test(value),
  );
};

/** Counts Unicode characters, as PostgreSQL and JSON Schema do (class-validator's own length does not). */
export function characters(text: string): number {
  return Array.from(text).length;
}

function isNumberWithin(value: unknown, min: number, max: number, whole: boolean): boolean {
  return typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
}

function rule(
  name: string,
  constraints: unknown[],
  bounds: unknown,
  says: string,
  holds: (value: unknown) => boolean,
): PropertyDecorator {
  const options: ValidationOptions = { context: { bounds } };
  const validator = { validate: holds, defaultMessage: () => `$property ${says}` };
  return ValidateBy({ name, constraints, validator }, options);
}
