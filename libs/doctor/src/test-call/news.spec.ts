import { describe, expect, it } from 'vitest';
import { newsOf, textOf, type News } from './news.js';

const taken: News = { id: 'a', kind: 'taken', worker: 'w' };
const ended: News = { id: 'a', kind: 'ended', worker: 'w', outcome: 'delivered', error: null, durationMs: 7 };

describe('news of a test call', () => {
  it.each([[taken], [ended], [{ ...ended, outcome: 'timeout', error: 'late' }]])(
    'survive a hint: %o',
    (news) => {
      expect(newsOf(textOf(news))).toEqual(news);
    },
  );

  it('fit into a hint', () => {
    const text = textOf({ ...ended, error: 'x'.repeat(9_000) });
    expect(Buffer.byteLength(text)).toBeLessThan(1_000);
  });

  it.each([
    [null],
    ['nothing'],
    ['null'],
    ['{}'],
    ['{"id":"a","kind":"ended","worker":"w"}'],
    ['{"id":"a","worker":"w","kind":"x"}'],
  ])('are not found in %s', (payload) => {
    expect(newsOf(payload)).toBeNull();
  });
});
