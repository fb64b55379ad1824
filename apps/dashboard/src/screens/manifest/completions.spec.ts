import { describe, expect, it } from 'vitest';
import { membersAt } from './completions.js';

const schema = {
  properties: {
    name: { type: 'string', description: 'Shown to people.' },
    webhooks: { additionalProperties: { $ref: '#/$defs/webhook' } },
  },
  $defs: {
    webhook: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/object' }] },
    object: { properties: { url: { type: 'string' }, retry: { oneOf: [{ properties: { attempts: {} } }] } } },
    loop: { $ref: '#/$defs/loop' },
  },
};

describe('members that are offered', () => {
  it.each([
    [[], ['name', 'webhooks']],
    [['webhooks'], []],
    [
      ['webhooks', 'anything'],
      ['url', 'retry'],
    ],
    [['webhooks', 'anything', 'retry'], ['attempts']],
    [['nonsense'], []],
  ])('within %j: %j', (path, names) => {
    expect(membersAt(schema, path).map(({ name }) => name)).toEqual(names);
  });

  it('what the schema says about a member is shown', () => {
    expect(membersAt(schema, [])[0]).toEqual({ name: 'name', about: 'Shown to people.' });
  });

  it('a reference to itself ends', () => {
    expect(membersAt({ ...schema, $ref: '#/$defs/loop' }, [])).toEqual([]);
  });
});
