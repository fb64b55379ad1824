/**
 * Whether `work` ends before a timer of `limitMs` that is set now, in the same process. A slow machine delays both, so
 * this compares two timers and does not depend on the speed of the machine.
 */
export async function endsBefore(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    // If both are due at once, the effects of the first come first.
    timer = setTimeout(() => setTimeout(resolve, 0, false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
