import type { RawBodyRequest } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeyGuard } from '@breakwater/access';
import { Tracing } from '@breakwater/platform';
import { InvokeController } from './invoke.controller.js';
import type { InvokeDto } from './invoke.dto.js';

/** The route of an invocation, from its controller. */
const ROUTE = `/${pathOf(InvokeController)}/${pathOf(invokeMethod())}`;

/** The route of an event to publish. */
const EVENTS_ROUTE = '/api/v1/events';

/** The member of their bodies that is passed to the app as the received bytes, unchecked. */
const OPAQUE_MEMBER = 'payload';

type Request = RawBodyRequest<FastifyRequest> & { params: { appId: string; capability: string } };

/** The member of a route's body whose texts are not checked, because it is stored as bytes. */
export function opaqueMemberOf(route: string | undefined): string | undefined {
  return route === ROUTE || route === EVENTS_ROUTE ? OPAQUE_MEMBER : undefined;
}

/**
 * Invocations have two routes. The ordinary one is Nest's pipeline, which costs more than everything else that an
 * invocation needs of this process (docs/internals/performance.md). The fast one goes from the guard directly to the
 * controller. Unusual requests take the ordinary route: a body that may have problems, a query, a request that is
 * traced (docs/adr/0018-invocations-past-the-pipeline.md).
 */
export function addFastRoute(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.method !== 'POST' || route.url !== ROUTE) return;
      const guard = app.get(ApiKeyGuard);
      const controller = app.get(InvokeController);
      const tracing = app.get(Tracing);
      const required = guard.scopesOf(invokeMethod(), InvokeController);
      if (required === 'public') throw new Error('an invocation needs a key');
      const ordinaryDoor = route.handler;
      route.handler = async function (request: FastifyRequest, reply: FastifyReply) {
        const { params, query, body, headers } = request as Request;
        const { appId, capability } = params;
        const isOrdinary =
          !tracing.isOn && appId !== '' && capability !== '' && isEmpty(query) && isPlainInvoke(body);
        if (!isOrdinary) return ordinaryDoor.call(this, request, reply);
        await guard.admit(request, required);
        const idempotencyKey = headers['idempotency-key'] as string | undefined;
        return controller.invoke(appId, capability, body, request, reply, idempotencyKey);
      };
    });
}

/**
 * Whether a body certainly meets the rules of InvokeDto: checked without its decorators, because these are the most
 * frequent requests. Any other body is checked by the decorators, which also word its problems.
 */
export function isPlainInvoke(body: unknown): body is InvokeDto {
  if (!isObject(body)) return false;
  for (const member of Object.keys(body)) if (member !== 'payload' && member !== 'context') return false;
  const { payload, context } = body;
  return payload !== undefined && (context === undefined || isObject(context));
}

/** Only its metadata is read: the method itself is called on its object. */
function invokeMethod(): InvokeController['invoke'] {
  // eslint-disable-next-line typescript/unbound-method
  return InvokeController.prototype.invoke;
}

function pathOf(decorated: object): string {
  return String(Reflect.getMetadata(PATH_METADATA, decorated));
}

function isEmpty(query: unknown): boolean {
  for (const _ in query as object) return false;
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
