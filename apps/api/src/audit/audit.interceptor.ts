import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, concatMap, type Observable } from 'rxjs';
import { AuditLog, type AuditDetail, type Principal } from '@breakwater/access';
import { toProblem } from '../errors/to-problem.js';
import { AUDITED } from './audited.js';
import { actionOf, type Asked, type AuditedActionName } from './audited-actions.js';

/**
 * Runs after the guard: the caller is known and authorized. Runs before everything else: requests with errors are
 * recorded, too.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly audit: AuditLog,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const name = this.reflector.get<AuditedActionName | undefined>(AUDITED, context.getHandler());
    if (name === undefined) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { principal: Principal }>();
    const asked = request as Pick<FastifyRequest, keyof Asked> as Asked;
    const action = actionOf(name);
    if (action.isRehearsal?.(asked)) return next.handle();
    const { keyId, name: actor, appId: ownApp } = request.principal;
    const id = await this.audit.begin({
      actor,
      actorKeyId: keyId,
      action: name,
      target: action.target(asked),
      requestId: request.id,
      appId: asked.params['appId'] ?? action.appId?.(asked) ?? ownApp,
      detail: action.asked?.(asked) ?? null,
    });
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        const { status, code } = toProblem(error);
        await this.audit.end(id, { status, detail: { code } });
        throw error;
      }),
      concatMap(async (answer: unknown) => {
        const status = http.getResponse<FastifyReply>().statusCode;
        await this.audit.end(id, { status, ...whatCameOf(answer, action.answered) });
        return answer;
      }),
    );
  }
}

function whatCameOf(
  answer: unknown,
  answered: ((answer: Readonly<Record<string, unknown>>) => AuditDetail) | undefined,
): { appId?: string; detail?: AuditDetail } {
  if (typeof answer !== 'object' || answer === null) return {};
  const members = answer as Readonly<Record<string, unknown>>;
  return {
    ...(typeof members['appId'] === 'string' ? { appId: members['appId'] } : {}),
    ...(answered ? { detail: answered(members) } : {}),
  };
}
