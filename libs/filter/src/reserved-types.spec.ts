import { describe, expect, it } from 'vitest';
import { inboundType, isReservedType } from './reserved-types.js';

describe('the type of a captured request', () => {
  it('names its source', () => {
    expect(inboundType('github')).toBe('inbound.github');
  });

  it.each([
    ['inbound.github', true],
    ['inbound', true],
    ['inbound.', true],
    ['inbounds.github', false],
    ['order.inbound', false],
    ['Inbound.github', false],
  ])('%s is reserved: %s', (type, expected) => {
    expect(isReservedType(type)).toBe(expected);
  });
});
