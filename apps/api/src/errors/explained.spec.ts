import { describe, expect, it } from 'vitest';
import { explained } from './explained.js';

describe('a refused body', () => {
  it.each([
    ['text/plain', 'send the body with Content-Type: application/json; it came as text/plain'],
    [undefined, 'send the body with Content-Type: application/json; it came without a Content-Type'],
  ])('of type %s gets an error with the type that is required', (type, sentence) => {
    expect(explained('MEDIA_TYPE_UNSUPPORTED', '', { 'content-type': type })).toBe(sentence);
  });

  it.each([
    ['1048577', 'a body holds at most 1048576 bytes, this one has 1048577'],
    [undefined, 'a body holds at most 1048576 bytes, this one is longer'],
  ])('of %s bytes gets an error with the limit', (length, sentence) => {
    expect(explained('BODY_TOO_LARGE', '', { 'content-length': length })).toBe(sentence);
  });

  it('for another reason keeps that reason', () => {
    expect(explained('INPUT_INVALID', 'as it is', {})).toBe('as it is');
  });
});
