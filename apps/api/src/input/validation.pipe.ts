import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { Problem } from '@breakwater/platform';
import { InputInvalidError } from '../errors/input-invalid.error.js';

/** class-validator on every DTO, all problems at once, unknown members refused. */
export function inputValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    validationError: { target: false },
    exceptionFactory: (errors) => new InputInvalidError(problemsOf(errors, '')),
  });
}

function problemsOf(errors: ValidationError[], parent: string): Problem[] {
  return errors.flatMap(({ property, constraints, children, value }) => {
    const pointer = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
      pointer,
      rule,
      message,
      value: readable(value),
    }));
    return [...own, ...problemsOf(children ?? [], pointer)];
  });
}

/** Short enough for a message, whatever was sent. */
function readable(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 200);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return value === undefined ? undefined : Array.isArray(value) ? '[…]' : '{…}';
}
