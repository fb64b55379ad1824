import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { isPublicRoute } from '@breakwater/access';
import { pointerTo, type Problem } from '@breakwater/platform';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { InputInvalidError } from '../errors/input-invalid.error.js';

/** One of Nest's kinds, before the index of the argument. */
const KIND = /^(\d+):\d+$/;

/** Most problems of one kind that are reported at once. */
const SHOWN_MAX = 20;

/**
 * Refuses a query or a body where an operation takes none. Where it takes one, its DTO names all members and the
 * validation refuses others. Public operations are not checked: load balancers and browsers add parameters of their
 * own.
 */
@Injectable()
export class UnaskedInterceptor implements NestInterceptor {
  /** @throws InputInvalidError */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    if (isPublicRoute(handler, controller)) return next.handle();
    const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const kinds = kindsOf(controller, handler.name);
    const problems = [
      ...(kinds.has(RouteParamtypes.QUERY) ? [] : problemsOf(query, 'query parameters')),
      // A method that gets the request itself may read its body.
      ...(kinds.has(RouteParamtypes.BODY) || kinds.has(RouteParamtypes.REQUEST)
        ? []
        : problemsOf(body, 'body')),
    ];
    if (problems.length > 0) throw new InputInvalidError(problems);
    return next.handle();
  }
}

function problemsOf(sent: unknown, what: string): Problem[] {
  if (typeof sent !== 'object' || sent === null) {
    if (sent === undefined) return [];
    return [{ pointer: '', rule: 'not_taken', message: `this operation takes no ${what}` }];
  }
  return Object.keys(sent)
    .slice(0, SHOWN_MAX)
    .map((name) => ({
      pointer: pointerTo(name.slice(0, 100)),
      rule: 'not_taken',
      message: `this operation takes no ${what}, but got "${name.slice(0, 100)}"`,
    }));
}

/**
 * Where the arguments of a method come from: Nest stores it as `<kind>:<index>`. For an argument with a custom
 * decorator it stores random text, which may begin with a digit.
 */
function kindsOf(controller: Type, method: string): Set<number> {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as object | undefined;
  return new Set(Object.keys(args ?? {}).flatMap((key) => KIND.exec(key)?.slice(1).map(Number) ?? []));
}
