import { ValidateBy, ValidateIf } from 'class-validator';

/**
 * The member may be absent. `null` is a value and does not count as absent: the other rules of the member check it.
 * Use this instead of class-validator's `IsOptional`, which lets `null` pass all other rules.
 */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** The member must be there; `null` is a value like any other. Use this instead of class-validator's `IsDefined`. */
export const Present = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDefined',
    validator: {
      validate: (value) => value !== undefined,
      defaultMessage: (argument) => `${argument!.property} must be given`,
    },
  });
