/**
 * Longest wait until a server has heard that a connection ends, ms. Nothing hangs on it: the connection ends with the
 * process anyway, and a server that is away never answers.
 */
export const GOODBYE_MS = 300;

/**
 * Whether `work` is over, also by failing, within `limitMs`. It is not ended when it is late, only no longer waited for.
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
