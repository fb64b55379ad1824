import { expect, it } from 'vitest';
import { bodyNote, isShown } from './body-note.js';

const json = {
  contentType: 'application/json',
  bytes: 12,
  encoding: 'text',
  truncated: false,
  isWhole: true,
};

it.each([
  [json, 'application/json, 12 B'],
  [
    { ...json, contentType: null, isWhole: false, bytes: 10_240 },
    'body, cut: only the first 10.2 kB were kept',
  ],
  [{ ...json, bytes: 100_000, truncated: true }, 'application/json, 100 kB, shown only in part'],
  [{ ...json, contentType: 'image/png', encoding: 'base64' }, 'image/png, 12 B, not text: its hash is'],
])('%j is told as "%s"', (body, told) => expect(bodyNote(body)).toBe(told));

it('only a text is shown', () => {
  expect(isShown(json)).toBe(true);
  expect(isShown({ encoding: 'base64' })).toBe(false);
});
