import { describe, expect, it } from 'vitest';
import { eventTypeProblems, type EventTypeEntry } from './event-type.js';

const problems = (part: Partial<EventTypeEntry>): [string, string][] =>
  eventTypeProblems({
    name: 'order.created',
    description: null,
    example: undefined,
    schema: undefined,
    mode: 'warn',
    ...part,
  }).map(({ pointer, rule }) => [pointer, rule]);

describe('an event type', () => {
  it.each<[string, Partial<EventTypeEntry>, [string, string][]]>([
    ['needs neither example nor schema', {}, []],
    ['has a name of segments', { name: 'order..created' }, [['/type', 'event_type']]],
    ['has an example that matches its schema', { example: { id: 1 }, schema: { required: ['id'] } }, []],
    [
      'has no example that differs from its schema',
      { example: { a: {} }, schema: { properties: { a: { required: ['id'] } } } },
      [['/example/a/id', 'required']],
    ],
    ['may have null as example', { example: null, schema: { type: 'null' } }, []],
    ['has an example that can be stored', { example: '\0', schema: {} }, [['/example', 'text']]],
    ['has a valid schema', { example: 1, schema: { typ: 1 } }, [['/schema/typ', 'unknown_key']]],
    [
      'gets all its problems at once',
      { name: '', example: ['\ud800'], schema: 7 },
      [
        ['/type', 'event_type'],
        ['/example/0', 'text'],
        ['/schema', 'type'],
      ],
    ],
  ])('%s', (_, part, expected) => expect(problems(part)).toEqual(expected));
});
