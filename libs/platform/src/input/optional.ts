import { ValidateBy, ValidateIf } from 'class-validator';

/**
 * The member may be left out. `null` is a value and does not count as left out: the other rules of the member judge it.
 * In place of class-validator's `IsOptional`, which lets `null` pass by every other rule.
 */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** The member must be there; `null` is a value like any other. In place of class-validator's `IsDefined`. */
export const Present = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDefined',
    validator: {
      validate: (value) => value !== undefined,
      defaultMessage: (argument) => `${argument!.property} must be given`,
    },
  });
