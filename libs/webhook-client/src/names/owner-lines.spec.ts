import { expect, it } from 'vitest';
import { OwnerLines } from './owner-lines.js';

it('an owner waits for its own places only, in order', async () => {
  const lines = new OwnerLines(2);
  const entered: string[] = [];
  const enter = (owner: string, name: string) => lines.enter(owner).then(() => void entered.push(name));
  await Promise.all([enter('a', 'a1'), enter('a', 'a2')]);
  const third = enter('a', 'a3');
  const fourth = enter('a', 'a4');
  await enter('b', 'b1');
  expect(entered).toEqual(['a1', 'a2', 'b1']);
  lines.leave('a');
  await third;
  lines.leave('a');
  await fourth;
  expect(entered).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
});
