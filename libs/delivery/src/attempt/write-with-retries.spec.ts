import { describe, expect, it } from 'vitest';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { writeWithRetries } from './write-with-retries.io.js';

describe('a write with retries', () => {
  it('succeeds in the end, and has reported each failure', async () => {
    const told: string[] = [];
    let tries = 0;
    const write = async (): Promise<string> => {
      if (++tries < 3) throw new Error(`away ${tries}`);
      return 'written';
    };
    expect(await writeWithRetries(write, 5_000, ({ message }) => told.push(message))).toBe('written');
    expect(told).toEqual(['away 1', 'away 2']);
  });

  it('throws its last error when the limit is reached, and not later', async () => {
    let tries = 0;
    const write = async (): Promise<void> => {
      throw new Error(`away ${++tries}`);
    };
    const ended = writeWithRetries(write, 350, () => undefined).catch((error: Error) => error.message);
    expect(await endsBefore(ended, 1_000)).toBe(true);
    expect(await ended).toBe(`away ${tries}`);
  });
});
