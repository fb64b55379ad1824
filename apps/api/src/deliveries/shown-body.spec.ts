import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHOWN_BYTES, shownBody } from './shown-body.js';

describe('a body as people see it', () => {
  it('is text with its size and hash', () => {
    expect(shownBody(Buffer.from('{"a":1}'), 'application/json')).toEqual({
      contentType: 'application/json',
      bytes: 7,
      sha256: createHash('sha256').update('{"a":1}').digest('hex'),
      encoding: 'text',
      content: '{"a":1}',
      truncated: false,
      isWhole: true,
    });
  });

  it('is in base64 where it is not UTF-8', () => {
    const { encoding, content } = shownBody(Buffer.from([0, 255, 254]), null);
    expect([encoding, content]).toEqual(['base64', 'AP/+']);
  });

  it('is cut at 64 KiB, with its whole size and the hash of all of it', () => {
    const body = Buffer.alloc(SHOWN_BYTES + 10, 'x');
    const { bytes, sha256, content, truncated } = shownBody(body, null);
    expect([bytes, content.length, truncated]).toEqual([SHOWN_BYTES + 10, SHOWN_BYTES, true]);
    expect(sha256).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('is truncated where only its start was kept, also in the middle of a character', () => {
    const { encoding, content, truncated, isWhole } = shownBody(
      Buffer.from('né').subarray(0, 2),
      null,
      false,
    );
    expect([encoding, content, truncated, isWhole]).toEqual(['text', 'n', true, false]);
  });

  it('never has half a character, wherever text is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(10), (text, cut) => {
        const bytes = Buffer.from(text.toWellFormed());
        const start = bytes.subarray(0, Math.max(0, bytes.length - cut));
        const { encoding, content } = shownBody(start, null, false);
        expect(encoding).toBe('text');
        expect(text.toWellFormed().startsWith(content)).toBe(true);
      }),
    );
  });
});
