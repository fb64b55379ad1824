import { ApiError, errorOfAnswer } from '@breakwater/client';

export { ApiError };

export interface FieldProblem {
  /** RFC 6901 pointer to the field. */
  pointer: string;
  message: string;
}

/** What fetch threw, or the body of a refusal. */
export function toApiError(
  thrown: unknown,
  response: Pick<Response, 'status' | 'headers'> | undefined,
): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (!response) {
    return new ApiError({
      status: 0,
      code: 'NETWORK',
      title: 'The server does not answer',
      detail: 'Check that Breakwater is running and that this computer is connected to it.',
    });
  }
  const { status, headers } = response;
  const body = typeof thrown === 'string' ? thrown : JSON.stringify(thrown);
  const error = errorOfAnswer({ status, headers, body }, Date.now());
  if (error.code !== `HTTP_${status}`) return error;
  return new ApiError({
    status,
    code: 'UNEXPECTED',
    title: `The server answered ${status}`,
    detail: 'The answer is not in the form of this API. A proxy in front of it may have answered.',
    requestId: error.requestId,
    retryAfterMs: error.retryAfterMs,
    body,
  });
}

/** What to say about a field, by the last part of its pointer. */
export function messageOf(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.problems.find(({ pointer }) => pointer === `/${field}`)?.message ?? null;
}
