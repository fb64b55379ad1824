import { expect, it } from 'vitest';
import { CHECKS, resultOf } from '../checks/checks.js';
import { runOf, summaryOf } from './conformance-run.js';

it('a run counts its results', () => {
  const at = new Date(0);
  const [one, two, three] = CHECKS;
  const results = [
    resultOf(one!, 'passed', 'HTTP 200'),
    resultOf(two!, 'passed', 'HTTP 200'),
    resultOf(three!, 'failed', 'HTTP 401'),
  ];
  const row = {
    id: 'r',
    appId: 'quiz',
    targetKind: 'capability',
    target: 'answer',
    state: 'running',
    kept: false,
    results,
    createdBy: 'ann',
    startedAt: at,
    endedAt: null,
  };
  const run = runOf(row, 20);
  expect(run).toMatchObject({
    target: { kind: 'capability', name: 'answer' },
    passed: 2,
    failed: 1,
    skipped: 0,
    total: 20,
    results,
  });
  expect(summaryOf(run)).not.toHaveProperty('results');
});
