import { CursorInvalidError } from './cursor-invalid.error.js';

/** The time in a cursor's position. @throws CursorInvalidError when it is not a time */
export function timeOf(text: string, cursor: string): Date {
  const time = new Date(text);
  // The column cannot hold other years.
  if (!(time.getTime() >= 0 && time.getUTCFullYear() <= 9999)) throw new CursorInvalidError(cursor);
  return time;
}
