import { describe, expect, it } from 'vitest';
import { hasMember, restoreFreeForm } from './free-form.js';

class Item {
  metadata?: unknown;
  name?: string;
}
class Body extends Item {
  items?: Item[];
  one?: Item;
}

/** An instance of a class with these members. */
const of = <T extends object>(kind: new () => T, members: Partial<T>): T =>
  Object.assign(new kind(), members);

describe('members of a body without a class of their own', () => {
  const lost = { constructor: 1, toString: { valueOf: [1, { hasOwnProperty: 2 }] } };

  it('are as they were sent', () => {
    const body = of(Body, { metadata: { toString: {} }, name: 'a' });
    restoreFreeForm(body, { metadata: lost, name: 'b' });
    expect(body).toEqual(of(Body, { metadata: lost, name: 'a' }));
  });

  it('are as they were sent within parts and lists of parts', () => {
    const body = of(Body, { one: of(Item, { metadata: {} }), items: [of(Item, { metadata: {} })] });
    restoreFreeForm(body, { one: { metadata: lost }, items: [{ metadata: lost }] });
    expect(body.one?.metadata).toBe(lost);
    expect(body.items?.[0]?.metadata).toBe(lost);
  });

  it.each([
    [null, {}],
    ['text', {}],
    [of(Body, { metadata: {} }), null],
    [of(Body, { metadata: {} }), {}],
    [of(Body, { metadata: {} }), { metadata: 'text' }],
  ])('are left alone where there is nothing to compare: %j, %j', (made, came) => {
    const before = structuredClone(made);
    restoreFreeForm(made, came);
    expect(made).toEqual(before === null || typeof before === 'string' ? before : of(Body, before));
  });
});

it.each([
  [null, false],
  ['constructor', false],
  [{ a: [1, { b: {} }] }, false],
  [{ constructor: null }, true],
  [{ a: [1, { constructor: {} }] }, true],
  [{ a: { prototype: 1 } }, true],
])('members with certain names are found at any depth: %j, %j', (value, is) => {
  expect(hasMember(value, ['constructor', 'prototype'])).toBe(is);
});
