/** Longest wait of a timer in every runtime is 2^31 - 1 ms. */
const BUDGET_MAX_MS = 3_600_000;

export interface Deadline {
  /** Aborted when the time is over, or the caller has gone. */
  signal: AbortSignal;
  remainingMs(): number;
  /** Resolves when the signal is aborted. */
  over: Promise<void>;
  stop(): void;
}

/** @param gone aborted when the caller disconnects */
export function startDeadline(budgetMs: number, gone?: AbortSignal): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const endsAt = performance.now() + Math.min(budgetMs, BUDGET_MAX_MS);
  const timer = setTimeout(
    () => controller.abort(new DOMException('The caller no longer waits.', 'TimeoutError')),
    endsAt - performance.now(),
  );
  const leave = () => controller.abort(new DOMException('The caller disconnected.', 'AbortError'));
  gone?.addEventListener('abort', leave);
  if (gone?.aborted) leave();
  return {
    signal,
    remainingMs: () => (signal.aborted ? 0 : Math.max(0, Math.round(endsAt - performance.now()))),
    over: new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    }),
    stop() {
      clearTimeout(timer);
      gone?.removeEventListener('abort', leave);
    },
  };
}
