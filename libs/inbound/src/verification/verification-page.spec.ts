import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { schemeProblems } from './scheme-problems.js';
import { REFUSAL_STEPS } from './verification.js';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/verification.md'), 'utf8');

it('docs/reference/verification.md has an example that is a valid scheme', () => {
  const [, example = ''] = /```json\n([^`]*)```/.exec(page) ?? [];
  expect(schemeProblems(JSON.parse(example))).toEqual([]);
});

it('docs/reference/verification.md has each step of a refusal, and no other', () => {
  const rows = page.slice(page.indexOf('| Step')).split('\n').slice(2);
  const cells = rows.filter((row) => row.startsWith('|')).map((row) => row.split('|')[1]!);
  const steps = cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, step]) => step!));
  expect(steps.toSorted()).toEqual([...REFUSAL_STEPS].toSorted());
});
