import { ApiError } from '../data/api-error.js';

export interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
}

export type AnswerState = 'waiting' | 'error' | 'notAllowed' | 'notFound' | 'empty' | 'noMatch' | 'ready';

/**
 * What a panel shows. Data that was read before stays on the screen when reading it again fails; the panel says so
 * beside it ({@link isStale}).
 */
export function answerState<T>(
  { data, error, isPending }: Asked<T>,
  isEmpty: (data: T) => boolean,
  isFiltered: boolean,
): AnswerState {
  if (data !== undefined && !isFinal(error)) {
    if (!isEmpty(data)) return 'ready';
    return isFiltered ? 'noMatch' : 'empty';
  }
  if (error instanceof ApiError && error.status === 403) return 'notAllowed';
  if (error instanceof ApiError && error.status === 404) return 'notFound';
  if (error) return 'error';
  return isPending ? 'waiting' : 'error';
}

export function isStale<T>({ data, error }: Asked<T>): boolean {
  return data !== undefined && Boolean(error) && !isFinal(error);
}

/** After such an answer the data on the screen is no longer this person's to see, or no longer there. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.status);
}
