import 'reflect-metadata';
import { Controller, Get, Query, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { UnaskedInterceptor } from './unasked.interceptor.js';

@Controller()
class Things {
  @Get()
  none(): void {}

  @Get()
  some(@Query() _query: object): void {}
}

/** Like a custom decorator: Nest puts random text before the index. */
function markArgument(method: 'none', random: string): void {
  const args = { [`${random}__customRouteArgs__:0`]: { index: 0 } };
  Reflect.defineMetadata(ROUTE_ARGS_METADATA, args, Things, method);
}

const asking = (method: 'none' | 'some'): ExecutionContext =>
  ({
    getHandler: () => Things.prototype[method],
    getClass: () => Things,
    switchToHttp: () => ({ getRequest: () => ({ query: { verbose: '1' } }) }),
  }) as unknown as ExecutionContext;

const intercept = (method: 'none' | 'some'): unknown =>
  new UnaskedInterceptor().intercept(asking(method), { handle: () => of('answer') });

describe('a query', () => {
  it.each(['4f1', '0ab', 'k4f'])('is refused where only an argument marked %s is taken', (random) => {
    markArgument('none', random);
    expect(() => intercept('none')).toThrow(/takes no query parameters/);
  });

  it('is left to the DTO where one is taken', () => {
    expect(() => intercept('some')).not.toThrow();
  });
});
