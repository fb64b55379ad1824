/** One broken rule in something that a user sent. `pointer` is an RFC 6901 JSON pointer into it. */
export interface Problem {
  pointer: string;
  /** The rule that was broken, for example `range` or `url`. */
  rule: string;
  /** A sentence for people. */
  message: string;
  /** What the rule allows: bounds, a list, a pattern. */
  bounds?: unknown;
  /** The value that was sent, cut to a readable length; absent where it is secret. */
  value?: unknown;
}

/** Every expected exception of Breakwater. `code` is stable and has a row in docs/reference/errors.md. */
export abstract class BreakwaterError extends Error {
  abstract readonly code: string;
  readonly problems: Problem[] = [];
  /** Seconds after which the same request may work again. */
  retryAfterS?: number;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
