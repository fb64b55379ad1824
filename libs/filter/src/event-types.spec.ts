import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTypes, isEventType, typePatternProblems } from './event-types.js';

const name = fc.constantFrom('a', 'b', 'order', 'x-1');
const type = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('.'));
const pattern = fc
  .array(fc.oneof(name, fc.constant('*')), { minLength: 1, maxLength: 5 })
  .map((names) => names.join('.'));

/** A second implementation of the matcher: it turns each pattern into a regular expression. */
const naive = (patterns: string[], of: string): boolean =>
  patterns.some((each) => {
    const source = each
      .replaceAll('.', '\\.')
      .replace(/\*$/, '[^.]+(\\.[^.]+)*')
      .replace(/\*(?=\\\.)/g, '[^.]+');
    return new RegExp(`^${source}$`).test(of);
  });

describe('patterns of event types', () => {
  it('match exactly the types that a naive matcher matches', () =>
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), type, (patterns, of) => {
        expect(compileTypes(patterns)(of)).toBe(naive(patterns, of));
      }),
      { numRuns: 2000 },
    ));

  it('never throw, whatever the type', () =>
    fc.assert(
      fc.property(fc.array(pattern), fc.string({ unit: 'binary' }), (patterns, of) => {
        expect(typeof compileTypes(patterns)(of)).toBe('boolean');
      }),
    ));

  it('match nothing if the list is empty', () => expect(compileTypes([])('a')).toBe(false));
});

describe("a subscription's list of event types", () => {
  it.each<[string, unknown, string[]]>([
    ['types and patterns', ['order.created', 'order.*', '*', '*.x.*'], []],
    ['a text instead of a list', 'order.created', ['list ']],
    ['an empty list', [], ['list ']],
    ['a list that is too long', Array(101).fill('a'), ['list ']],
    ['items that are not texts', [5, null], ['type /0', 'type /1']],
    ['a part of a name', ['order.cre*'], ['event_type /0']],
    ['two asterisks', ['order.**'], ['event_type /0']],
    [
      'an empty name',
      ['order..created', '.a', 'a.', ''],
      ['event_type /0', 'event_type /1', 'event_type /2', 'event_type /3'],
    ],
    ['a line feed', ['order\n'], ['event_type /0']],
    ['a space', ['order created'], ['event_type /0']],
    ['a type that is too long', ['a'.repeat(129)], ['length /0']],
    ['a duplicate', ['a', 'b', 'a'], ['unique /2']],
  ])('is checked: %s', (_, patterns, problems) => {
    expect(typePatternProblems(patterns).map(({ rule, pointer }) => `${rule} ${pointer}`)).toEqual(problems);
  });

  it('reports each problem with its JSON pointer', () => {
    expect(typePatternProblems(['a b'], ['events'])).toEqual([
      expect.objectContaining({ pointer: '/events/0', value: 'a b' }),
    ]);
  });

  it('never throws', () =>
    fc.assert(fc.property(fc.anything(), (patterns) => void typePatternProblems(patterns))));
});

describe('an event type', () => {
  it.each(['a', 'order.created', 'inbound.my-source', 'A_1.b', 'a'.repeat(128)])('can be %s', (text) =>
    expect(isEventType(text)).toBe(true),
  );
  it.each(['', '.', 'a.', '*', 'a.*', 'a b', 'a\n', 'é', 'a'.repeat(129)])('cannot be %j', (text) =>
    expect(isEventType(text)).toBe(false),
  );
});
