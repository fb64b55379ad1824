/** A question that is asked again only when the one before has ended: questions that hang do not pile up. */
export class Question<T> {
  private open: Promise<T> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  /**
   * The answer to the open question, or to a new one.
   * @throws Error when it does not come within `limitMs`; the question stays open
   */
  async answer(limitMs: number): Promise<T> {
    this.open ??= this.ask().finally(() => (this.open = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
    });
    // One that fails after its limit has nobody who waits for it.
    this.open.catch(() => undefined);
    try {
      return await Promise.race([this.open, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
