import { describe, expect, it } from 'vitest';
import { rawBody, type Body } from './raw-body.js';

const limits = { maxBytes: 8, remedy: 'change this line.' };
const bytes = (text: string) => new TextEncoder().encode(text);

async function* pieces(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

describe('the raw body', () => {
  it.each<[string, Body, string | null, string, boolean]>([
    ['bytes', bytes('ab'), '2', 'ab', false],
    ['text', 'Zö', '3', 'Zö', false],
    ['pieces', pieces('ab', 'c'), '3', 'abc', false],
    ['pieces of unknown length', pieces('ab'), null, 'ab', false],
    ['nothing, as announced', pieces(), '0', '', false],
    ['nothing, unannounced', pieces(), null, '', true],
    ['text with a replacement character', '\ufffd', '3', '\ufffd', true],
    ['as much as allowed', pieces('1234', '5678'), '8', '12345678', false],
  ])('is taken from %s', async (_, body, contentLength, text, isDoubtful) => {
    expect(await rawBody(body, contentLength, limits)).toEqual({ bytes: bytes(text), isDoubtful });
  });

  it.each<[string, Body, string | null, RegExp]>([
    ['was read before', null, '2', /something read or parsed it before/],
    ['is empty', pieces(), '2', /2 bytes were sent and 0 are left/],
    ['is shorter', 'a', '2', /2 bytes were sent and 1 are left/],
    ['is longer', bytes('abc'), '2', /2 bytes were sent and 3 are left/],
  ])(
    'that %s is an error of configuration with the line to change',
    async (_, body, contentLength, message) => {
      const failed = rawBody(body, contentLength, limits);
      await expect(failed).rejects.toMatchObject({ name: 'ConfigurationError', message });
      await expect(failed).rejects.toThrow('This is not a wrong signature: change this line.');
    },
  );

  it.each<[string, Body, string | null]>([
    ['announced', pieces(), '9'],
    ['in pieces', pieces('12345', '6789', '!'), null],
    ['at once', bytes('123456789'), null],
  ])('that is too long is refused: %s', async (_, body, contentLength) => {
    await expect(rawBody(body, contentLength, limits)).rejects.toMatchObject({ status: 413 });
  });
});
