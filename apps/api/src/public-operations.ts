import type { ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { isPublicRoute } from '@breakwater/access';

/** What an operation is called in the OpenAPI. */
export function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`;
}

/** Ids of the operations that ask for no key. */
export function publicOperations(modules: ModulesContainer): Set<string> {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  const operations = controllers.flatMap(({ metatype }) => {
    if (!metatype) return [];
    const prototype = metatype.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype)
      .map((method) => ({ method, handler: prototype[method] }))
      .filter(({ handler }) => typeof handler === 'function' && isPublicRoute(handler, metatype))
      .map(({ method }) => operationId(metatype.name, method));
  });
  return new Set(operations);
}

/** Says of these operations that they ask for no key: Nest's own decorator cannot. */
export function withoutKeys(document: OpenAPIObject, ids: ReadonlySet<string>): OpenAPIObject {
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations) as { operationId?: string; security?: object[] }[]) {
      if (ids.has(operation.operationId ?? '')) operation.security = [];
    }
  }
  return document;
}
