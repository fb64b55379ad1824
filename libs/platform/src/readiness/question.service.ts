import { inTime } from '../waiting/in-time.js';

/** A question that is asked again only when the last one has ended: questions that hang do not pile up. */
export class Question<T> {
  private open: Promise<T> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  /**
   * The answer to the open question, or to a new one.
   * @throws Error when it does not come within `limitMs`; the question stays open
   */
  async answer(limitMs: number): Promise<T> {
    this.open ??= this.ask().finally(() => (this.open = undefined));
    return inTime(this.open, limitMs, () => new Error(`no answer within ${limitMs} ms`));
  }
}
