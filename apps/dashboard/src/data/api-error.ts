import type { ProblemDto } from '@breakwater/client';

export interface FieldProblem {
  /** RFC 6901 pointer to the field. */
  pointer: string;
  message: string;
}

/** An answer that is no success, or no answer at all. */
export class ApiError extends Error {
  constructor(
    /** 0: there was no answer. */
    readonly status: number,
    /** `NETWORK` when there was no answer. */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null = null,
    readonly problems: readonly FieldProblem[] = [],
    /** When a next try may succeed, seconds. */
    readonly retryAfterS: number | null = null,
  ) {
    super(`${title}: ${detail}`);
    this.name = 'ApiError';
  }
}

/** What fetch threw, or the body of a refusal. */
export function toApiError(
  thrown: unknown,
  response: Pick<Response, 'status' | 'headers'> | undefined,
): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (!response) {
    return new ApiError(
      0,
      'NETWORK',
      'The server does not answer',
      'Check that Breakwater is running and that this computer is connected to it.',
    );
  }
  const retryAfter = response.headers.get('retry-after');
  const retryAfterS = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  const requestId = response.headers.get('x-request-id');
  if (!isProblem(thrown)) {
    return new ApiError(
      response.status,
      'UNEXPECTED',
      `The server answered ${response.status}`,
      'The answer is not in the form of this API. A proxy in front of it may have answered.',
      requestId,
      [],
      retryAfterS,
    );
  }
  return new ApiError(
    response.status,
    thrown.code,
    thrown.title,
    thrown.detail,
    thrown.requestId ?? requestId,
    thrown.problems ?? [],
    retryAfterS,
  );
}

function isProblem(value: unknown): value is ProblemDto {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'title' in value && 'detail' in value
  );
}

/** What to say about a field, by the last part of its pointer. */
export function messageOf(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.problems.find(({ pointer }) => pointer === `/${field}`)?.message ?? null;
}
