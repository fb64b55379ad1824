/** What is known of a delivery at the moment of a claim. */
export type Claim =
  /** Nobody handled it: it is the claimer's now. */
  | { state: 'new' }
  /** Another process handles it, or died doing so less than its lease ago. */
  | { state: 'running' }
  /** It was handled, with this answer. */
  | { state: 'done'; answer: string };

/** Remembers which deliveries were handled. All processes that receive the same deliveries share one. */
export interface Store {
  /**
   * Atomic: of several at once, one gets `new`.
   * @param token names this claim
   * @param leaseMs after that time an unfinished claim may be claimed again
   */
  claim(id: string, token: string, leaseMs: number): Promise<Claim>;
  /** Keeps the answer for `keepMs`. */
  finish(id: string, answer: string, keepMs: number): Promise<void>;
  /** Gives a claim up, so that the next delivery is handled; that of another token stays. */
  forget(id: string, token: string): Promise<void>;
}
