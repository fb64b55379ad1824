import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Tracing } from '@breakwater/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { toProblem } from '../errors/to-problem.js';

/** A span for each request, which continues the caller's trace. */
@Injectable()
export class TracingInterceptor implements NestInterceptor {
  constructor(private readonly tracing: Tracing) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.tracing.isOn || context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const route = request.routeOptions.url ?? 'unknown';
    const { traceparent } = request.headers;
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'breakwater.request_id': request.id,
    };
    const options = {
      kind: 'server',
      attributes,
      parent: typeof traceparent === 'string' ? traceparent : null,
    } as const;
    return from(
      this.tracing.span(`${request.method} ${route}`, options, async (span) => {
        try {
          const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
          span.set({ 'http.response.status_code': http.getResponse<FastifyReply>().statusCode });
          return answer;
        } catch (error) {
          span.set({ 'http.response.status_code': toProblem(error).status });
          throw error;
        }
      }),
    );
  }
}
