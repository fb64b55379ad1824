import { ValidateIf } from 'class-validator';

/**
 * The member may be left out. `null` is a value and does not count as left out: the other rules of the member judge it.
 * In place of class-validator's `IsOptional`, which lets `null` pass by every other rule.
 */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
