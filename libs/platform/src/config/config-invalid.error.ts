import { BreakwaterError, type Problem } from '../errors/breakwater.error.js';

/** The configuration is invalid, so the process does not start; the message lists every problem. */
export class ConfigInvalidError extends BreakwaterError {
  readonly code = 'CONFIG_INVALID';
  override readonly problems: Problem[];

  constructor(problems: Problem[]) {
    const lines = problems.map(({ message, value }) =>
      value === undefined ? `  - ${message}` : `  - ${message}, not ${JSON.stringify(value)}`,
    );
    super(`the configuration has ${problems.length} problem(s):\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
