import { BreakwaterError } from '@breakwater/platform';

export class MethodNotAllowedError extends BreakwaterError {
  readonly code = 'METHOD_NOT_ALLOWED';

  /** @param allowed the methods that the path knows */
  constructor(
    method: string,
    readonly allowed: readonly string[],
  ) {
    super(`this path does not know ${method}, it knows ${allowed.join(', ')}`);
  }
}
