import type { RawBodyRequest } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ApiKeyGuard } from '@breakwater/access';
import { Tracing } from '@breakwater/platform';
import { InvokeController } from './invoke.controller.js';
import { isPlainInvoke } from './is-plain-invoke.js';

type Request = RawBodyRequest<FastifyRequest> & { params: { appId: string; capability: string } };

/**
 * Lets invocations go from the guard straight to their controller: Nest's pipeline costs more than all that an
 * invocation itself needs of this process (docs/performance.md). What is out of the ordinary goes through the pipeline
 * as every other route does: a body that may have problems, a query, a request that is traced.
 */
export function shortenInvoke(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.method !== 'POST' || !route.url.endsWith('/capabilities/:capability/invoke')) return;
      const [guard, controller, tracing] = [
        app.get(ApiKeyGuard),
        app.get(InvokeController),
        app.get(Tracing),
      ];
      // Only its metadata is read: the method is called on its object.
      // eslint-disable-next-line typescript/unbound-method
      const required = guard.scopesOf(InvokeController.prototype.invoke, InvokeController);
      if (required === 'public') throw new Error('whoever invokes needs a key');
      const { handler: wholePipeline } = route;
      route.handler = async function (request, reply) {
        const { params, query, body, headers } = request as Request;
        if (
          tracing.isOn ||
          params.appId === '' ||
          params.capability === '' ||
          hasQuery(query) ||
          !isPlainInvoke(body)
        ) {
          return wholePipeline.call(this, request, reply);
        }
        await guard.admit(request, required);
        const key = headers['idempotency-key'] as string | undefined;
        return controller.invoke(params.appId, params.capability, body, request, reply, key);
      };
    });
}

function hasQuery(query: unknown): boolean {
  for (const _ in query as object) return true;
  return false;
}
