import { describe, expect, it } from 'vitest';
import { byUrgency, readPayload, runSentence, targetOf } from './run-sentence.js';

const run = { state: 'passed', passed: 20, failed: 0, skipped: 0, total: 20 };

describe('the sentence about a run', () => {
  it.each([
    [run, 'All is well: 20 checks passed.'],
    [{ ...run, passed: 19, skipped: 1 }, 'All is well: 19 checks passed, 1 could not be made.'],
    [{ ...run, state: 'failed', passed: 19, failed: 1 }, '1 of 20 checks failed.'],
    [
      { ...run, state: 'failed', passed: 7, failed: 1, skipped: 12 },
      '1 of 20 checks failed, 12 could not be made.',
    ],
    [{ ...run, state: 'running', passed: 3 }, '3 of 20 checks are over.'],
    [{ ...run, state: 'interrupted', passed: 3 }, 'The run was interrupted after 3 of 20 checks.'],
  ])('%o', (one, sentence) => expect(runSentence(one)).toBe(sentence));
});

it('what failed comes first', () => {
  const states = ['passed', 'skipped', 'failed', 'passed'].map((state) => ({ state }));
  expect(byUrgency(states).map(({ state }) => state)).toEqual(['failed', 'skipped', 'passed', 'passed']);
});

it.each([
  ['capability:answer', { capability: 'answer' }],
  ['subscription:ledger', { subscription: 'ledger' }],
  ['subscription:a:b', { subscription: 'a:b' }],
])('the choice %s is %o', (value, target) => expect(targetOf(value)).toEqual(target));

describe('the payload of a run', () => {
  it('is the sample when nothing is typed', () => {
    expect(readPayload(' \n')).toEqual({ payload: null, problem: null });
  });
  it('is an object', () => {
    expect(readPayload('{"total":12}')).toEqual({ payload: { total: 12 }, problem: null });
  });
  it.each(['[1]', 'null', '12', '{'])('is not %s', (text) => {
    expect(readPayload(text)).toEqual({ payload: null, problem: expect.any(String) });
  });
});
