import { HttpException } from '@nestjs/common';
import {
  BreakwaterError,
  databaseTrouble,
  RETRY_AFTER_S,
  type DatabaseTrouble,
  type Problem,
} from '@breakwater/platform';
import { ERROR_CATALOGUE } from './catalogue.js';

export interface ProblemAnswer {
  status: number;
  code: string;
  title: string;
  detail: string;
  problems: Problem[];
  retryAfterS?: number;
}

/** Fastify's codes for errors of a request. */
const FASTIFY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INPUT_INVALID',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'JSON_INVALID',
  FST_ERR_CTP_INVALID_JSON_BODY: 'JSON_INVALID',
  FST_ERR_BAD_URL: 'INPUT_INVALID',
  FST_ERR_MAX_PARAM_LENGTH: 'ROUTE_NOT_FOUND',
};

const DETAILS: Readonly<Record<DatabaseTrouble, string>> = {
  unreachable: 'the database does not answer now',
  read_only: 'the database takes no writes now',
  overloaded: 'the database has no free connection now',
  too_slow: 'the database did not answer in time',
  conflict: 'the database was busy with the same rows: nothing was changed',
};

/** The answer for an exception. Anything unforeseen is INTERNAL and reveals nothing about its cause. */
export function toProblem(error: unknown): ProblemAnswer {
  if (error instanceof BreakwaterError) {
    const known = answer(error.code, error.message, error.problems);
    return error.retryAfterS === undefined ? known : { ...known, retryAfterS: error.retryAfterS };
  }
  // Nest wraps what Fastify throws before a route is found.
  const fastify =
    FASTIFY_CODES[codeOf(error)] ?? FASTIFY_CODES[codeOf((error as { cause?: unknown } | null)?.cause)];
  if (fastify) return answer(fastify, messageOf(error));
  if (error instanceof HttpException) return ofHttp(error);
  if (error instanceof SyntaxError) return answer('JSON_INVALID', error.message);
  const trouble = databaseTrouble(error);
  if (trouble !== null)
    return { ...answer('DATABASE_UNAVAILABLE', DETAILS[trouble]), retryAfterS: RETRY_AFTER_S };
  const status = (error as { statusCode?: number }).statusCode;
  if (status === 400) return answer('JSON_INVALID', messageOf(error));
  return answer('INTERNAL', 'an unforeseen error; the log has it under this request id');
}

/** The answer for bytes that Node cannot read as a request: there is no route, reply or exception yet. */
export function unreadableProblem(nodeCode: string | undefined): ProblemAnswer {
  if (nodeCode === 'HPE_HEADER_OVERFLOW') return answer('HEADER_TOO_LARGE', 'the headers are too large');
  return answer('INPUT_INVALID', 'this is not a readable HTTP request');
}

/** The body of an answer: RFC 9457. */
export function problemBody(
  { code, title, status, detail, problems }: ProblemAnswer,
  requestId: string,
): object {
  return {
    type: `urn:breakwater:error:${code}`,
    title,
    status,
    detail,
    code,
    requestId,
    ...(problems.length > 0 ? { problems } : {}),
  };
}

function answer(code: string, detail: string, problems: Problem[] = []): ProblemAnswer {
  const { status, title } = ERROR_CATALOGUE[code] ?? ERROR_CATALOGUE['INTERNAL']!;
  return { status, code, title, detail, problems };
}

function ofHttp(error: HttpException): ProblemAnswer {
  switch (error.getStatus()) {
    case 404:
      return answer('ROUTE_NOT_FOUND', error.message);
    case 413:
      return answer('BODY_TOO_LARGE', error.message);
    case 415:
      return answer('MEDIA_TYPE_UNSUPPORTED', error.message);
    case 400:
      return answer('INPUT_INVALID', error.message);
    default:
      return answer('INTERNAL', error.message);
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
