import { describe, expect, it } from 'vitest';
import { unknownTypeWarnings } from './unknown-types.js';

describe('an event type of a subscription', () => {
  const warned = (events: string[], known: string[]): string[] =>
    unknownTypeWarnings([{ name: 'ledger', events }], known).map(({ pointer }) => pointer);

  it.each<[string, string[], string[], string[]]>([
    ['gets no warning if the catalogue has it', ['order.created'], ['order.created'], []],
    [
      'gets a warning if the catalogue does not have it',
      ['order.made'],
      ['order.created'],
      ['/subscriptions/ledger/events/0'],
    ],
    [
      'gets no warning if a type of the catalogue matches the pattern',
      ['order.*', '*'],
      ['order.created'],
      [],
    ],
    [
      'gets a warning if no type matches the pattern',
      ['*', 'invoice.*'],
      ['order.created'],
      ['/subscriptions/ledger/events/1'],
    ],
    ['gets no warning if it is of a captured request', ['inbound.github', 'inbound.*'], [], []],
    ['gets a warning if the catalogue is empty', ['*'], [], ['/subscriptions/ledger/events/0']],
  ])('%s', (_, events, known, expected) => expect(warned(events, known)).toEqual(expected));
});
