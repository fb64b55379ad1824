import { CursorInvalidError } from './cursor-invalid.error.js';

/** The count in a cursor's position. @throws CursorInvalidError when it is not a count */
export function countOf(text: string, cursor: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new CursorInvalidError(cursor);
  return Number(text);
}
