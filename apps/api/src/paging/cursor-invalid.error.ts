import { BreakwaterError } from '@breakwater/platform';

export class CursorInvalidError extends BreakwaterError {
  readonly code = 'CURSOR_INVALID';
  constructor(cursor: string) {
    super('the cursor was not created by this list');
    this.problems.push({
      pointer: '/cursor',
      rule: 'cursor',
      message: this.message,
      value: cursor.slice(0, 100),
    });
  }
}
