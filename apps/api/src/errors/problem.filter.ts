import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BreakwaterError } from '@breakwater/platform';
import { explained } from './explained.js';
import { MethodNotAllowedError } from './method-not-allowed.error.js';
import { problemBody, toProblem, type ProblemAnswer } from './to-problem.js';

/** How long the rest of a refused body is read and dropped, ms. */
const READS_REST_MS = 5_000;

/** Answers every exception as RFC 9457 problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Api');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = told(error, request);
    const { status, code, retryAfterS } = problem;
    const requestId = request.id;
    if (status >= 500 && code !== 'APP_TIMEOUT' && code !== 'APP_UNAVAILABLE') {
      const line = {
        msg: `${request.method} ${request.routeOptions?.url ?? ''} failed`,
        code,
        requestId,
        err: error,
      };
      if (code === 'DATABASE_UNAVAILABLE')
        this.log.warn({ ...line, err: undefined, error: (error as Error).message });
      else this.log.error(line);
    }
    if (reply.sent || reply.raw.destroyed) return;
    if (retryAfterS !== undefined) void reply.header('retry-after', String(retryAfterS));
    if (error instanceof MethodNotAllowedError) void reply.header('allow', error.allowed.join(', '));
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).type('application/problem+json');
    const send = (): void => void reply.send(problemBody(problem, requestId));
    if (request.raw.complete) send();
    else hearOut(request, reply, send);
  }
}

function told(error: unknown, { headers }: FastifyRequest): ProblemAnswer {
  const problem = toProblem(error);
  if (error instanceof BreakwaterError) return problem; // Its message says everything.
  return { ...problem, detail: explained(problem.code, problem.detail, headers) };
}

/**
 * Lets a sender finish before it is answered, for example one with too large a body. A connection that is closed with
 * unread bytes is reset, and the answer is lost.
 */
function hearOut({ raw }: FastifyRequest, reply: FastifyReply, answer: () => void): void {
  const done = (): void => {
    clearTimeout(timer);
    raw.off('end', done).off('close', done);
    if (reply.sent || reply.raw.destroyed) return;
    if (raw.complete) void reply.removeHeader('connection');
    else void reply.header('connection', 'close');
    answer();
  };
  const timer = setTimeout(done, READS_REST_MS);
  raw.once('end', done).once('close', done).resume();
}
