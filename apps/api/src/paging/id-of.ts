import { isId } from '@breakwater/platform';
import { CursorInvalidError } from './cursor-invalid.error.js';

/** The id in a cursor's position. @throws CursorInvalidError when it is not an id */
export function idOf(text: string, cursor: string): string {
  if (!isId(text)) throw new CursorInvalidError(cursor);
  return text;
}
