import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CHECKS } from './checks.js';

const guide = readFileSync(new URL('../../../../docs/guides/conformance.md', import.meta.url), 'utf8');
const rows = guide
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

it('the guide lists each check as it is', () => {
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  expect(rows).toEqual(
    CHECKS.map(({ id, title, sends, expects }) => [`\`${id}\``, title, capital(sends), capital(expects)]),
  );
});
