import { describe, expect, it } from 'vitest';
import { callFor } from './address.js';

describe('a hint about a call of a listener', () => {
  it.each([
    ['me:call-1', 'call-1'],
    ['another:call-1', null],
    ['me', null],
    ['me:', null],
    ['', null],
  ])('%j means %j to its process', (payload, expected) => expect(callFor('me', payload)).toBe(expected));
});
