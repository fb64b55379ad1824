import { describe, expect, it } from 'vitest';
import { checkEvent, type EventTypeSet } from './check-event.js';
import { compileSchema, type PayloadCheck } from './compile-schema.js';

const check = compileSchema({ type: 'array', items: { type: 'number' } }, []) as PayloadCheck;
const types: EventTypeSet = new Map([
  ['order.created', { mode: 'enforce', check }],
  ['order.paid', { mode: 'warn', check }],
  ['order.plain', null],
]);
const checked = (type: string, body: string, isStrict = false, known = types) =>
  checkEvent(known, { type, body: Buffer.from(body), pointer: '/events/1' }, isStrict);
const problem = (pointer: string, rule: string) => expect.objectContaining({ pointer, rule });

describe('an event', () => {
  it.each<[string, string, string, boolean, object]>([
    ['matches the schema of its type', 'order.created', '[1]', true, { refused: [], warnings: [] }],
    [
      'is refused if its type enforces the schema',
      'order.created',
      '["a",2,"b"]',
      false,
      {
        refused: [problem('/events/1/payload/0', 'type'), problem('/events/1/payload/2', 'type')],
        warnings: [],
      },
    ],
    [
      'gets warnings if its type only warns',
      'order.paid',
      '{}',
      false,
      { refused: [], warnings: [problem('/events/1/payload', 'type')] },
    ],
    [
      'may have any payload if its type has no schema',
      'order.plain',
      '"x"',
      true,
      { refused: [], warnings: [] },
    ],
    ['may have a type that is not in the catalogue', 'order.lost', '1', false, { refused: [], warnings: [] }],
    [
      'is refused if only types of the catalogue may be published',
      'order.lost',
      '1',
      true,
      { refused: [problem('/events/1/type', 'event_type')], warnings: [] },
    ],
    [
      'is checked even if its body is not JSON',
      'order.created',
      '{',
      false,
      { refused: [problem('/events/1/payload', 'type')], warnings: [] },
    ],
  ])('%s', (_, type, body, isStrict, expected) => expect(checked(type, body, isStrict)).toEqual(expected));

  it('of an unknown type is refused with a similar type and the remedy', () => {
    const [unknown] = checked('order.pad', '1', true).refused;
    expect(unknown!.message).toBe(
      '"order.pad" is not in the catalogue of event types, did you mean "order.paid"? Add it: breakwater event-types put order.pad FILE',
    );
    const [only] = checked('a', '1', true, new Map()).refused;
    expect(only!.message).toBe(
      '"a" is not in the catalogue of event types. Add it: breakwater event-types put a FILE',
    );
  });
});
