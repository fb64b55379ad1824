import { BreakwaterError } from '@breakwater/platform';
import type { JsonFault } from '../input/json-fault.js';

export class JsonInvalidError extends BreakwaterError {
  readonly code = 'JSON_INVALID';

  constructor({ line, column, expected, found }: JsonFault) {
    super(`the body is no JSON: line ${line}, column ${column} needs ${expected}, but has ${found}`);
    this.problems.push({ pointer: '', rule: 'json', message: this.message, value: { line, column } });
  }
}
