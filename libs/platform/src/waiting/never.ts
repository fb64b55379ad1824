/** A signal that never aborts: for work that nobody stops. */
export const NEVER: AbortSignal = new AbortController().signal;
