import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { pointerTo, type Problem } from '@breakwater/platform';
import { InputInvalidError } from '../errors/input-invalid.error.js';

/** class-validator on every DTO, all problems at once, unknown members refused. */
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
   * A body that may be left out is an empty object; `null` and everything else is judged as what it is. What has no DTO,
   * as a message of a WebSocket, is judged by whoever takes it.
   */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const hasDto = metadata.metatype !== undefined && metadata.metatype !== Object;
    if (metadata.type !== 'body' || !hasDto || value === undefined || isObject) {
      return super.transform(value, metadata);
    }
    const message = 'the body must be a JSON object';
    throw new InputInvalidError([{ pointer: '', rule: 'type', message, value: readable(value) }]);
  }

  /** Left as it came: Nest would read 1e0, 0x1 and +1 as numbers. Each parameter has a pipe or a DTO of its own. */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

export function inputValidation(): ValidationPipe {
  return new InputValidation();
}

/** Rules that say what kind of value it is: one that breaks them breaks the others of its member, too. */
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
