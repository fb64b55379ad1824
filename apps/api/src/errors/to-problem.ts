import { HttpException } from '@nestjs/common';
import { BreakwaterError, type Problem } from '@breakwater/platform';
import { ERROR_CATALOGUE } from './catalogue.js';

export interface ProblemAnswer {
  status: number;
  code: string;
  title: string;
  detail: string;
  problems: Problem[];
  retryAfterS?: number;
}

/** Codes of Fastify for what is wrong with a request. */
const FASTIFY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INPUT_INVALID',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'JSON_INVALID',
  FST_ERR_CTP_INVALID_JSON_BODY: 'JSON_INVALID',
  FST_ERR_BAD_URL: 'INPUT_INVALID',
  FST_ERR_MAX_PARAM_LENGTH: 'ROUTE_NOT_FOUND',
};

/** SQLSTATE classes and codes of Node and Prisma that say the database, not the request, is at fault. */
const AWAY =
  /^(08...|40P01|57P0[123]|53...|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|P1001|P1002|P1008|P1017|P2024|P2037|P2028)$/;
const AWAY_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after calling end|Can't reach database/i;

/** What an exception says to the one who asked. Anything unforeseen is INTERNAL and says nothing of its inside. */
export function toProblem(error: unknown): ProblemAnswer {
  if (error instanceof BreakwaterError) {
    const known = answer(error.code, error.message, error.problems);
    return error.retryAfterS === undefined ? known : { ...known, retryAfterS: error.retryAfterS };
  }
  // Nest wraps what Fastify throws before a route is reached.
  const fastify =
    FASTIFY_CODES[codeOf(error)] ?? FASTIFY_CODES[codeOf((error as { cause?: unknown } | null)?.cause)];
  if (fastify) return answer(fastify, messageOf(error));
  if (error instanceof HttpException) return ofHttp(error);
  if (error instanceof SyntaxError) return answer('JSON_INVALID', error.message);
  if (isAway(error))
    return { ...answer('DATABASE_UNAVAILABLE', 'the database does not answer right now'), retryAfterS: 2 };
  const status = (error as { statusCode?: number }).statusCode;
  if (status === 400) return answer('JSON_INVALID', messageOf(error));
  return answer('INTERNAL', 'an unforeseen error; the log has it under this request id');
}

/** What Node says of bytes in which it finds no request: there is no route, reply or exception yet. */
export function unreadableProblem(nodeCode: string | undefined): ProblemAnswer {
  if (nodeCode === 'HPE_HEADER_OVERFLOW') return answer('HEADER_TOO_LARGE', 'the headers are too large');
  return answer('INPUT_INVALID', 'this is no HTTP request that can be read');
}

/** The body of an answer: RFC 9457. */
export function problemBody(
  { code, title, status, detail, problems }: ProblemAnswer,
  requestId: string,
): object {
  return {
    ...{ type: `urn:breakwater:error:${code}`, title, status, detail, code, requestId },
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

function isAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { cause, meta } = error as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
  const original = (error as { originalCode?: unknown }).originalCode;
  return (
    AWAY.test(codeOf(error)) ||
    (typeof original === 'string' && AWAY.test(original)) ||
    AWAY_MESSAGES.test(messageOf(error)) ||
    isAway(cause, depth + 1) ||
    isAway(meta?.driverAdapterError, depth + 1)
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
