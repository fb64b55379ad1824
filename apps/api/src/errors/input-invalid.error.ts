import { BreakwaterError, type Problem } from '@breakwater/platform';

export class InputInvalidError extends BreakwaterError {
  readonly code = 'INPUT_INVALID';
  constructor(override readonly problems: Problem[]) {
    super(problems.map(({ message }) => message).join('; '));
  }
}
