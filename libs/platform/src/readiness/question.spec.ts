import { describe, expect, it } from 'vitest';
import { Question } from './question.service.js';

describe('a question', () => {
  it('is asked once while it is open, however many wait for it', async () => {
    const ends: ((answer: number) => void)[] = [];
    const question = new Question(() => new Promise<number>((resolve) => ends.push(resolve)));
    const first = question.answer(60_000);
    const late = question.answer(1);
    await expect(late).rejects.toThrow('no answer within 1 ms');
    const second = question.answer(60_000);
    expect(ends).toHaveLength(1);
    ends[0]!(1);
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    const third = question.answer(60_000);
    expect(ends).toHaveLength(2);
    ends[1]!(2);
    expect(await third).toBe(2);
  });

  it('that fails after its limit causes no error, and is asked again', async () => {
    const fails: (() => void)[] = [];
    const question = new Question(
      () => new Promise<never>((_, reject) => fails.push(() => reject(new Error('gone')))),
    );
    await expect(question.answer(1)).rejects.toThrow('no answer within 1 ms');
    fails[0]!();
    await new Promise(setImmediate);
    const again = question.answer(60_000);
    fails[1]!();
    await expect(again).rejects.toThrow('gone');
  });
});
