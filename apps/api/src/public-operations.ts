import type { ModulesContainer } from '@nestjs/core';
import { isPublicRoute } from '@breakwater/access';

/** The id of an operation in the OpenAPI document. */
export function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`;
}

/** Ids of the operations that need no key. */
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
