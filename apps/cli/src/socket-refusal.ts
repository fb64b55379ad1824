import { ApiError } from '@breakwater/client';
import { plainText } from './plain-text.js';

/** As the REST API answers them. */
const STATUSES: Readonly<Record<string, number>> = {
  INPUT_INVALID: 400,
  CURSOR_INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  APP_NOT_FOUND: 404,
};
/** They may be over at the next try. */
const TEMPORARY = ['DATABASE_UNAVAILABLE', 'TIMEOUT'];

/** A refusal over the socket, as the REST API would say it. @param title what was refused */
export function socketRefusal(title: string, { code, detail }: { code: string; detail: string }): ApiError {
  const problem = { title, detail: plainText(detail), code: plainText(code) };
  return new ApiError({ ...problem, status: STATUSES[code] ?? 500, body: JSON.stringify(problem) });
}

export function isTemporary({ code }: { code: string }): boolean {
  return TEMPORARY.includes(code);
}
