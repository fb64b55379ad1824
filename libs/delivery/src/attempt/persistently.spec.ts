import { describe, expect, it } from 'vitest';
import { persistently } from './persistently.service.js';

describe('a write that is tried persistently', () => {
  it('succeeds when it does at last, having told each failure', async () => {
    const told: string[] = [];
    let tries = 0;
    const write = async (): Promise<string> => {
      if (++tries < 3) throw new Error(`away ${tries}`);
      return 'written';
    };
    expect(await persistently(write, 5_000, ({ message }) => told.push(message))).toBe('written');
    expect(told).toEqual(['away 1', 'away 2']);
  });

  it('throws its last error when the limit is over, and not later', async () => {
    const startedMs = performance.now();
    let tries = 0;
    const write = async (): Promise<void> => {
      throw new Error(`away ${++tries}`);
    };
    await expect(persistently(write, 350, () => undefined)).rejects.toThrow('away 3');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
