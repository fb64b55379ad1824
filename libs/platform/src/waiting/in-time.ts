/**
 * The result of `work`, if it comes within `limitMs`. What comes later is dropped, also an error.
 * @param limitMs 0 or more
 * @throws what `tooLate` makes
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
