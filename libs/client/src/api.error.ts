import { parseRetryAfter } from './retry.js';

/** One broken rule in something that was sent. */
export interface FieldProblem {
  /** RFC 6901 pointer to the field; the whole document has the pointer `""`. */
  pointer: string;
  rule: string;
  message: string;
}

interface Parts {
  status: number;
  code: string;
  title: string;
  detail: string;
  requestId?: string | null;
  problems?: readonly FieldProblem[];
  retryAfterMs?: number | null;
  body?: string;
}

/** The API refused a request (RFC 9457), something between it and you did, or there was no answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /**
   * Stable: a code of the error catalogue. `UNREACHABLE` or `TIMEOUT` when there was no answer; `HTTP_` and the status,
   * or `NOT_JSON`, when something else than Breakwater answered.
   */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** To find the request in the log of the API. */
  readonly requestId: string | null;
  readonly problems: readonly FieldProblem[];
  /** When another try may succeed, ms from now; null when the answer does not say it. */
  readonly retryAfterMs: number | null;
  /** The answer as it was received; empty when there was none. */
  readonly body: string;

  constructor(parts: Parts, options?: ErrorOptions) {
    super(`${parts.title}: ${parts.detail}`, options);
    this.status = parts.status;
    this.code = parts.code;
    this.title = parts.title;
    this.detail = parts.detail;
    this.requestId = parts.requestId ?? null;
    this.problems = parts.problems ?? [];
    this.retryAfterMs = parts.retryAfterMs ?? null;
    this.body = parts.body ?? '';
  }
}

/** The client was used wrongly; nothing was sent. */
export class ClientUsageError extends TypeError {
  override readonly name = 'ClientUsageError';
}

interface Received {
  status: number;
  headers: Pick<Headers, 'get'>;
  body: string;
}

/** The error in an answer that is not a success. @param nowMs milliseconds since 1970, for a Retry-After with a date */
export function errorOfAnswer({ status, headers, body }: Received, nowMs: number): ApiError {
  const requestId = headers.get('x-request-id');
  const about = { status, body, retryAfterMs: parseRetryAfter(headers.get('retry-after'), nowMs) };
  const problem = problemIn(body);
  if (problem === null)
    return new ApiError({
      ...about,
      code: `HTTP_${status}`,
      title: `HTTP ${status}`,
      detail: body.slice(0, 200) || 'no details',
      requestId,
    });
  return new ApiError({
    ...about,
    code: problem.code,
    title: textOr(problem.title, `HTTP ${status}`),
    detail: textOr(problem.detail, ''),
    requestId: textOr(problem.requestId, requestId),
    problems: Array.isArray(problem.problems) ? (problem.problems as FieldProblem[]) : [],
  });
}

function problemIn(body: string): (Record<string, unknown> & { code: string }) | null {
  try {
    const parsed = JSON.parse(body) as { code?: unknown } | null;
    return typeof parsed?.code === 'string' ? (parsed as { code: string }) : null;
  } catch {
    return null; // For example a proxy's page.
  }
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

/** No answer was received. */
export function unreachable(url: string, cause: unknown): ApiError {
  const parts = { status: 0, code: 'UNREACHABLE', title: 'No answer' };
  return new ApiError({ ...parts, detail: `cannot reach ${url}: ${reasonOf(cause)}` }, { cause });
}

/** The time of a request, its repetitions included, is over. */
export function timedOut(url: string, timeoutMs: number, cause?: unknown): ApiError {
  const parts = { status: 0, code: 'TIMEOUT', title: 'No answer in time' };
  return new ApiError({ ...parts, detail: `no answer of ${url} within ${timeoutMs} ms` }, { cause });
}

/** A success, but not one of Breakwater. */
export function notJson(status: number, body: string, cause: unknown): ApiError {
  const parts = { status, code: 'NOT_JSON', title: 'The answer is not JSON', body };
  return new ApiError({ ...parts, detail: 'another server may have answered: check the URL' }, { cause });
}

/** What fetch threw says nothing itself: its reason is in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause, code, errors } = error as {
    message?: string;
    cause?: unknown;
    code?: string;
    errors?: unknown[];
  };
  if (cause !== undefined) return reasonOf(cause);
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  return message || code || String(error);
}
