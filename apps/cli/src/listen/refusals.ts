import { ApiError } from '@breakwater/client';
import { Failure } from '../failures.js';
import { plainText } from '../plain-text.js';

/** As the REST API answers them. */
const STATUSES: Readonly<Record<string, number>> = {
  INPUT_INVALID: 400,
  CURSOR_INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  APP_NOT_FOUND: 404,
};

/** The API does not let this key listen. */
export function refusal(code: string, detail: string): Error {
  const problem = { title: 'Listening was refused', detail: plainText(detail), code: plainText(code) };
  return new ApiError({ ...problem, status: STATUSES[code] ?? 500, body: JSON.stringify(problem) });
}

export function unreachable(message: string): Error {
  return new Failure(message);
}
