import { expect, it } from 'vitest';
import { editText } from './edit-text.js';

it.each([
  [{ action: 'create', changes: {} }, 'created'],
  [{ action: 'update', changes: {} }, 'saved'],
  [
    { action: 'update', changes: { threshold: { from: 95, to: 90 }, enabled: { from: true, to: false } } },
    'threshold from 95 to 90, switched on from yes to no',
  ],
  [
    { action: 'update', changes: { channels: { from: [], to: ['email', 'slack'] } } },
    'channels from all to email and slack',
  ],
  [
    { action: 'update', changes: { mutedUntil: { from: null, to: '2026-11-29T08:00:00.000Z' } } },
    'muted until from none to 2026-11-29T08:00:00.000Z',
  ],
  [{ action: 'update', changes: { more: { from: { a: 1 } } } }, 'more from {"a":1} to none'],
  [{ action: 'update', changes: { more: null } }, 'more from none to none'],
])('an edit of a rule: %o', (edit, text) => {
  expect(editText(edit)).toBe(text);
});
