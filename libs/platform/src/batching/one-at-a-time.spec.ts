import { describe, expect, it } from 'vitest';
import { OneAtATime } from './one-at-a-time.js';

describe('work of one name', () => {
  it('runs one after another, also after one that fails', async () => {
    const turns = new OneAtATime();
    const said: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        said.push(`${name} begins`);
        await new Promise(setImmediate);
        said.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      turns.run('a', work('first', true)),
      turns.run('a', work('second')),
      turns.run('b', work('other')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(said.indexOf('second begins')).toBeGreaterThan(said.indexOf('first ends'));
    expect(said.indexOf('other begins')).toBeLessThan(said.indexOf('first ends'));
  });
});
