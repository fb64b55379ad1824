import { describe, expect, it } from 'vitest';
import { inTime } from './in-time.js';

const late = (): Error => new Error('too late');
const never = new Promise<never>(() => undefined);

describe('a wait with a time limit', () => {
  it('returns the result that comes in time', async () => {
    expect(await inTime(Promise.resolve(1), 60_000, late)).toBe(1);
  });

  it('throws the error that comes in time', async () => {
    await expect(inTime(Promise.reject(new Error('failed')), 60_000, late)).rejects.toThrow('failed');
  });

  it('ends when nothing comes', async () => {
    await expect(inTime(never, 1, late)).rejects.toThrow('too late');
  });

  it('drops an error that comes later', async () => {
    const work = Promise.withResolvers<void>();
    await expect(inTime(work.promise, 1, late)).rejects.toThrow('too late');
    work.reject(new Error('nobody hears this')); // As an unhandled rejection it would end this test run.
  });
});
