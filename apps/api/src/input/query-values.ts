import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { momentOf } from './moment.js';

/*
 * A query contains texts. Each of these decorators reads one kind of value strictly. Other text is not changed, so
 * that the rule that refuses it can show it.
 */

/** A whole number: digits, optionally after a minus. `IsInt`, `Min` and `Max` check its value. */
export const WholeInQuery = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );

/** `true` or `false`, and nothing similar. */
export const FlagInQuery = (): PropertyDecorator => {
  const read = Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
  const rule = ValidateBy({
    name: 'boolean',
    validator: {
      validate: (value) => typeof value === 'boolean',
      defaultMessage: (argument) => `${argument!.property} must be true or false`,
    },
  });
  return both(read, rule);
};

/** A moment, in ISO 8601 with a time zone. */
export const MomentInQuery = (): PropertyDecorator => {
  const read = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (momentOf(value) ?? value) : value,
  );
  const rule = ValidateBy({
    name: 'moment',
    validator: {
      validate: (value) => value instanceof Date,
      defaultMessage: (argument) => `${argument!.property} ${momentMessage(argument!.value)}`,
    },
  });
  return both(read, rule);
};

/** Not before the moment in another member of the query. */
export const NotBefore = (other: string): PropertyDecorator =>
  ValidateBy({
    name: 'period',
    constraints: [other],
    validator: {
      validate: (value, argument) => {
        const first = (argument!.object as Record<string, unknown>)[other];
        return !(value instanceof Date && first instanceof Date) || first <= value;
      },
      defaultMessage: (argument) => `${argument!.property} must not be before ${other}`,
    },
  });

function momentMessage(value: unknown): string {
  const wanted = 'must be a time in ISO 8601 with a time zone, for example 2026-11-26T21:00:00Z';
  if (typeof value !== 'string') return `${wanted}, given once`;
  const came = `it came as "${value.slice(0, 60)}"`;
  const isPlusLost = momentOf(value.replace(' ', '+')) !== undefined;
  return isPlusLost
    ? `${wanted}; ${came}: a + in a URL is read as a space, write it as %2B`
    : `${wanted}; ${came}`;
}

function both(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
