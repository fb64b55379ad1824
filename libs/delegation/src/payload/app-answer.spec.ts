import { describe, expect, it } from 'vitest';
import { readAnswer } from './app-answer.js';

describe("an app's answer", () => {
  it.each<[string, unknown, object]>([
    ['the data of an envelope', { success: true, data: { a: 1 } }, { success: true, data: { a: 1 } }],
    ['an envelope without data', { success: true }, { success: true, data: null }],
    ['any other object', { answer: 42 }, { success: true, data: { answer: 42 } }],
    [
      'an object that only looks like an envelope',
      { success: true, winner: 'a' },
      { success: true, data: { success: true, winner: 'a' } },
    ],
    ['a success that is no boolean', { success: 'yes' }, { success: true, data: { success: 'yes' } }],
    ['a bare value', 7, { success: true, data: 7 }],
    ['null', null, { success: true, data: null }],
    ['a list', [1], { success: true, data: [1] }],
    [
      "the app's own no",
      { success: false, error: { code: 'FULL', message: 'no seats' } },
      { success: false, data: null, error: { code: 'FULL', message: 'no seats' } },
    ],
    [
      'a no without reasons',
      { success: false },
      { success: false, data: null, error: { code: 'APP_ERROR', message: '' } },
    ],
    [
      'a no with an odd error',
      { success: false, error: 'x' },
      { success: false, error: { code: 'APP_ERROR', message: '' } },
    ],
  ])('is read: %s', (_, json, expected) => expect(readAnswer(json)).toMatchObject(expected));
});
