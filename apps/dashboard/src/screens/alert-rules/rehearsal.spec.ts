import { describe, expect, it } from 'vitest';
import { firingsOf, worstSubject } from './rehearsal.js';

const shop = {
  appId: 'shop',
  capability: null,
  spans: [
    { from: '2026-11-28T04:00:00Z', to: '2026-11-28T04:10:00Z', worstValue: 40 },
    { from: '2026-11-28T09:00:00Z', to: null, worstValue: 80 },
  ],
};
const quiz = {
  appId: 'quiz',
  capability: 'answer',
  spans: [{ from: '2026-11-28T05:00:00Z', to: '2026-11-28T05:00:30Z', worstValue: 1 }],
};

describe('a rule tested against the past', () => {
  it('would have fired in this order, for so long', () => {
    expect(firingsOf([shop, quiz]).map(({ appId, lastsMs }) => [appId, lastsMs])).toEqual([
      ['shop', 600_000],
      ['quiz', 30_000],
      ['shop', null],
    ]);
  });

  it('shows the values of the one that would have fired most often', () => {
    expect(worstSubject([quiz, shop])).toBe(shop);
    expect(worstSubject([])).toBeNull();
  });
});
