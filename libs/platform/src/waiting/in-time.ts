/**
 * The result of `work`, if it comes within `limitMs`. A later result or error is dropped.
 * @param limitMs 0 or more
 * @throws the error that `tooLate` creates
 */
export async function inTime<T>(work: Promise<T>, limitMs: number, tooLate: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), limitMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
