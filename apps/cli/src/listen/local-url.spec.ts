import { describe, expect, it } from 'vitest';
import { forwardToProblem, localUrl } from './local-url.js';

describe('the URL on this machine', () => {
  it.each([
    ['http://localhost:4000', '/hooks/orders?a=1', 'http://localhost:4000/hooks/orders?a=1'],
    ['http://localhost:4000/', '/hooks', 'http://localhost:4000/hooks'],
    ['http://localhost:4000/app/', '/hooks', 'http://localhost:4000/app/hooks'],
    ['http://localhost:4000', '//elsewhere.example/x', 'http://localhost:4000//elsewhere.example/x'],
  ])('of %s and %s is %s', (base, path, expected) => expect(localUrl(base, path)).toBe(expected));

  it.each([
    ['http://localhost:4000', null],
    ['https://localhost', null],
    ['localhost:4000', 'like http://localhost:4000'],
    ['4000', 'like http://localhost:4000'],
    ['http://localhost:4000?x=1', 'no query'],
    ['http://localhost:4000#x', 'no query'],
  ])('--forward-to %s', (value, expected) => {
    if (expected === null) expect(forwardToProblem(value)).toBeNull();
    else expect(forwardToProblem(value)).toContain(expected);
  });
});
