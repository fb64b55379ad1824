import { BreakwaterError, type Problem } from '@breakwater/platform';

export class IdempotencyConflictError extends BreakwaterError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
  constructor(key: string) {
    super(`Idempotency-Key "${key}" was used for another request and has not expired`);
  }
}

export class IdempotencyKeyInvalidError extends BreakwaterError {
  readonly code = 'IDEMPOTENCY_KEY_INVALID';
  override readonly problems: Problem[];
  constructor(key: string) {
    super('Idempotency-Key must be 1 to 255 printable ASCII characters');
    this.problems = [
      {
        pointer: '/headers/idempotency-key',
        rule: 'pattern',
        message: this.message,
        bounds: { minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
        value: key.slice(0, 100),
      },
    ];
  }
}

export class EndpointUnavailableError extends BreakwaterError {
  readonly code = 'ENDPOINT_UNAVAILABLE';
  constructor(what: string, reason: string | null) {
    super(`${what}${reason ? `: ${reason}` : ''}`);
  }
}
