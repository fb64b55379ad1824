import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputValidation } from '../input/validation.pipe.js';
import { InvokeDto } from './invoke.dto.js';
import { isPlainInvoke, opaqueMemberOf } from './fast-route.js';

const validation = inputValidation();
const metadata = { type: 'body', metatype: InvokeDto } as const;
const anything = fc.oneof(fc.anything(), fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()));

describe('the payload', () => {
  it.each([
    ['of an invocation is not checked', '/api/v1/apps/:appId/capabilities/:capability/invoke', 'payload'],
    ['of an event is not checked', '/api/v1/events', 'payload'],
    ['of any other route is', '/api/v1/deliveries', undefined],
    ['of an unknown path is', undefined, undefined],
  ])('%s', (_, route, expected) => expect(opaqueMemberOf(route)).toBe(expected));
});

describe('a plain invocation', () => {
  it.each([
    { payload: {} },
    { payload: 0 },
    { payload: '', context: {} },
    { payload: [], context: { roomId: 'r' } },
    { payload: null },
  ])('%j is one', (body) => expect(isPlainInvoke(body)).toBe(true));

  it.each([
    null,
    undefined,
    'x',
    7,
    [],
    {},
    { context: {} },
    { payload: undefined },
    { payload: 1, context: [] },
    { payload: 1, context: null },
    { payload: 1, other: 1 },
  ])('%j is none', (body) => expect(isPlainInvoke(body)).toBe(false));

  it('meets the rules of the DTO', async () => {
    const bodies = fc.oneof(
      fc.record({ payload: anything, context: anything }, { requiredKeys: [] }),
      fc.record({ payload: anything, context: anything, other: anything }, { requiredKeys: [] }),
      anything,
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        fc.pre(isPlainInvoke(body));
        await expect(validation.transform(body, metadata)).resolves.toBeInstanceOf(InvokeDto);
      }),
    );
  });
});
