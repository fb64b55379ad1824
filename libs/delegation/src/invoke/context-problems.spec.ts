import { describe, expect, it } from 'vitest';
import { contextProblems, ROOM_ID_MAX } from './context-problems.js';

describe('the context of a call', () => {
  it.each([
    {},
    { participants: [] },
    { participants: ['ann', 7, null] },
    { roomId: '' },
    { roomId: 'x'.repeat(ROOM_ID_MAX) },
    { anything: { else: null } },
  ])('may be %j', (context) => expect(contextProblems(context)).toEqual([]));

  it.each([
    [{ participants: 'ann' }, '/context/participants', 'ann'],
    [{ participants: { ann: 1 } }, '/context/participants', '{…}'],
    [{ participants: null }, '/context/participants', null],
    [{ roomId: 7 }, '/context/roomId', 7],
    [{ roomId: null }, '/context/roomId', null],
    [{ roomId: ['r'] }, '/context/roomId', '[…]'],
    [{ roomId: 'x'.repeat(ROOM_ID_MAX + 1) }, '/context/roomId', 'x'.repeat(200)],
  ])('may not be %j', (context, pointer, value) => {
    expect(contextProblems(context)).toMatchObject([{ pointer, value }]);
  });
});
