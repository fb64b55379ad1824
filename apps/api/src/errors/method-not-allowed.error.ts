import { BreakwaterError } from '@breakwater/platform';

export class MethodNotAllowedError extends BreakwaterError {
  readonly code = 'METHOD_NOT_ALLOWED';

  /** @param allowed the methods that the path supports */
  constructor(
    method: string,
    readonly allowed: readonly string[],
  ) {
    super(`this path does not support ${method}, it supports ${allowed.join(', ')}`);
  }
}
