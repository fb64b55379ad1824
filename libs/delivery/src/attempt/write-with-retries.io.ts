import { setTimeout as delay } from 'node:timers/promises';

/** Repeats `write` while it throws, for up to `limitMs`; then throws its last error. */
export async function writeWithRetries<T>(
  write: () => Promise<T>,
  limitMs: number,
  onError: (error: Error) => void,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    try {
      return await write();
    } catch (error) {
      if (performance.now() + waitMs > end) throw error;
      onError(error as Error);
      await delay(waitMs);
    }
  }
}
