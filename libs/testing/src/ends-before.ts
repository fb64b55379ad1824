/**
 * Whether `work` ends before a timer of `limitMs` that is set now, in the same process. A slow machine delays both, so
 * this says which of two timers was shorter, and not how fast the machine is.
 */
export async function endsBefore(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    // Where both were due at once, what the first one caused comes first.
    timer = setTimeout(() => setTimeout(resolve, 0, false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
