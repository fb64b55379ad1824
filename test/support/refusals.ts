import { expect } from 'vitest';
import type { Answer, HttpClient } from './http.js';

/** The documented status of each code that bad input may get. */
const STATUS: Record<string, number> = {
  API_KEY_INVALID: 400,
  APP_UPDATE_INVALID: 400,
  BULK_FILTER_INVALID: 400,
  CLIENT_CERTIFICATE_INVALID: 400,
  CURSOR_INVALID: 400,
  SOURCE_INVALID: 400,
  IDEMPOTENCY_KEY_INVALID: 400,
  INPUT_INVALID: 400,
  JSON_INVALID: 400,
  MANIFEST_INVALID: 400,
  SUBSCRIPTION_INVALID: 400,
  SIGN_IN_REFUSED: 401,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  ORIGIN_REFUSED: 403,
  API_KEY_NOT_FOUND: 404,
  APP_NOT_FOUND: 404,
  APPROVAL_NOT_FOUND: 404,
  BREAKER_NOT_FOUND: 404,
  BULK_OPERATION_NOT_FOUND: 404,
  CAPABILITY_NOT_FOUND: 404,
  CLIENT_CERTIFICATE_NOT_FOUND: 404,
  DEAD_LETTER_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  EVENT_NOT_FOUND: 404,
  PORTAL_LINK_NOT_FOUND: 404,
  EVENT_REFUSED: 422,
  EVENT_TYPE_RESERVED: 422,
  EVENT_TYPE_INVALID: 400,
  EVENT_TYPE_NOT_FOUND: 404,
  SUBSCRIPTION_NOT_FOUND: 404,
  SOURCE_NOT_FOUND: 404,
  TARGET_NOT_FOUND: 404,
  CAPTURE_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  MANIFEST_VERSION_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOTIFICATION_NOT_FOUND: 404,
  BULK_OPERATION_STATE: 409,
  IDEMPOTENCY_CONFLICT: 409,
  DEAD_LETTER_RESOLVED: 409,
  HELD_BY_PLATFORM: 409,
  SUBSCRIPTION_DECLARED: 409,
  SUBSCRIPTION_OF_SOURCE: 409,
  SUBSCRIPTION_EXISTS: 409,
  SOURCE_EXISTS: 409,
  SOURCE_ROTATION_FULL: 409,
  SOURCES_FULL: 409,
  ENDPOINT_UNAVAILABLE: 409,
  APP_UNAVAILABLE: 502,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  SSRF_BLOCKED: 422,
  RATE_LIMITED: 429,
  HEADER_TOO_LARGE: 431,
};

/** Expected members of the first of its `problems`, or its pointer alone. */
type FirstProblem = string | Record<string, unknown>;

/** A title, `METHOD path`, a body (undefined: none), the code of the refusal, and its first problem. */
export type Refusal = [title: string, request: string, body: unknown, code: string, problem?: FirstProblem];

export async function expectRefusal(client: HttpClient, ...[, request, body, code, problem]: Refusal) {
  const [method, path] = request.split(/ (.*)/s) as [string, string];
  expectProblem(await client.request(method, path, { body }), code, problem);
}

/** Checks that the answer is a problem with all promised parts. */
export function expectProblem(answer: Answer, code: string, problem?: FirstProblem): void {
  expect(answer, answer.text).toMatchObject({
    status: STATUS[code],
    headers: { 'content-type': expect.stringMatching(/^application\/problem\+json/) },
    json: {
      code,
      status: STATUS[code],
      type: `urn:breakwater:error:${code}`,
      title: expect.stringMatching(/./),
      detail: expect.any(String),
      requestId: expect.stringMatching(/./),
    },
  });
  if (problem === undefined) return;
  const first = { message: expect.stringMatching(/./), rule: expect.stringMatching(/./) };
  const wanted = typeof problem === 'string' ? { pointer: problem } : problem;
  expect(answer.json.problems?.[0], answer.text).toMatchObject({ ...first, ...wanted });
}
