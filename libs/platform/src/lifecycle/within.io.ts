/**
 * Longest wait for a server to confirm the end of a connection, ms. Nothing depends on it: the connection ends with
 * the process anyway, and an unavailable server never answers.
 */
export const GOODBYE_MS = 300;

/**
 * Whether `work` ends, or fails, within `limitMs`. Late work is not stopped, only no longer waited for.
 * @param limitMs 0 or more
 */
export async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const over = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([over, late]);
  } finally {
    clearTimeout(timer);
  }
}
