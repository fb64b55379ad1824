import { CursorInvalidError } from './cursor-invalid.error.js';

/** The time in a cursor's position. @throws CursorInvalidError when it is none */
export function timeOf(text: string, cursor: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new CursorInvalidError(cursor);
  return time;
}
