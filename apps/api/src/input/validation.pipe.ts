import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { pointerTo, type Problem } from '@breakwater/platform';
import { InputInvalidError } from '../errors/input-invalid.error.js';
import { hasMember, restoreFreeForm } from './free-form.js';

/** class-validator on every DTO, with all problems at once; unknown members are refused. */
class InputValidation extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
      validationError: { target: false },
      exceptionFactory: (errors) => new InputInvalidError(problemsOf(errors, '')),
    });
  }

  /**
   * An absent optional body is an empty object; `null` and everything else is checked as it is. Values without a DTO,
   * such as messages of a WebSocket, are checked by their receiver.
   */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const hasDto = metadata.metatype !== undefined && metadata.metatype !== Object;
    // Arguments of a WebSocket handler are no JSON: a socket refers to itself.
    if (metadata.type !== 'body' || !hasDto) return super.transform(value, metadata);
    if (value !== undefined && !isJsonObject(value)) {
      const message = 'the body must be a JSON object';
      throw new InputInvalidError([{ pointer: '', rule: 'type', message, value: readable(value) }]);
    }
    // Nest deletes members with these names, at any depth.
    const came = hasMember(value, ['constructor', 'prototype']) ? structuredClone(value) : value;
    const made: unknown = await super.transform(value, metadata);
    restoreFreeForm(made, came);
    return made;
  }

  /** Not changed: Nest would read 1e0, 0x1 and +1 as numbers. Each parameter has a pipe or a DTO of its own. */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

function isJsonObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function inputValidation(): ValidationPipe {
  return new InputValidation();
}

/** Rules about the kind of a value: a value that breaks one also breaks the other rules of its member. */
const KINDS = new Set([
  'whitelistValidation',
  'isDefined',
  'isString',
  'isInt',
  'isNumber',
  'isBoolean',
  'isObject',
  'isArray',
  'isIn',
  'isUuid',
  'boolean',
  'moment',
]);

function problemsOf(errors: ValidationError[], parent: string): Problem[] {
  return errors.flatMap(({ property, constraints = {}, children, value }) => {
    const pointer = `${parent}${pointerTo(property)}`;
    const broken = Object.entries(constraints);
    const kind = broken.find(([rule]) => KINDS.has(rule));
    const own = (kind ? [kind] : broken).map(([rule, message]) => ({
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
