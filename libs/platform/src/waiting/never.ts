/** A signal that never aborts: for work by hand, which nobody stops. */
export const NEVER: AbortSignal = new AbortController().signal;
