import { describe, expect, it } from 'vitest';
import { byUrgency, doctorSentence } from './doctor-report.js';

const checks = (...states: string[]) => states.map((state) => ({ state }));

describe('the report of the doctor', () => {
  it('begins with what failed', () => {
    const order = byUrgency(checks('ok', 'skipped', 'failed', 'warning')).map(({ state }) => state);
    expect(order).toEqual(['failed', 'warning', 'skipped', 'ok']);
  });

  it.each([
    [checks('ok', 'failed', 'warning'), '1 of 3 checks failed.'],
    [checks('ok', 'warning'), 'No check failed; 1 warning.'],
    [checks('ok', 'ok', 'skipped'), 'All is well: 2 checks passed, 1 skipped.'],
  ])('%j: %s', (list, text) => expect(doctorSentence({ checks: list })).toBe(text));
});
