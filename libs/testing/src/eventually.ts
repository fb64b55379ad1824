type Falsy = false | null | undefined | 0 | '';

/** Repeats `ask` until the answer is truthy, and fails with the last one after `limitMs`. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  {
    limitMs = 45_000,
    everyMs = 20,
    what = 'condition',
  }: { limitMs?: number; everyMs?: number; what?: string } = {},
): Promise<Exclude<T, Falsy>> {
  const end = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, Falsy>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(
        `${what} not met within ${limitMs} ms; last: ${last instanceof Error ? last.stack : JSON.stringify(last)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
