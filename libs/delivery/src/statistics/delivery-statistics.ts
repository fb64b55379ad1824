/** Deliveries accepted within a range, by their result. */
export interface DeliveryCounts {
  total: number;
  completed: number;
  /** Sync deliveries that a fallback answered instead of the app. */
  fallback: number;
  /** Sync deliveries without an answer: the caller got an error, or disconnected. */
  failed: number;
  deadLetter: number;
  pending: number;
  cancelled: number;
}

export interface DeliverySummary extends DeliveryCounts {
  /**
   * Completed deliveries among those that ended, as "98.08%"; "0.00%" while there are none. An answer of a
   * fallback does not count as completed; a cancelled delivery is not counted at all.
   */
  successRate: string;
  /** Attempts per delivery that had at least one, as "1.12"; "0.00" while there are none. */
  avgAttempts: string;
}

export interface EventTypeCounts extends DeliveryCounts {
  /** The capability for calls. */
  eventType: string;
  attempts: number;
  attempted: number;
}

const KEYS = ['total', 'completed', 'fallback', 'failed', 'deadLetter', 'pending', 'cancelled'] as const;

export function summaryOf(rows: readonly EventTypeCounts[]): DeliverySummary {
  const sum = (key: keyof Omit<EventTypeCounts, 'eventType'>): number =>
    rows.reduce((total, row) => total + row[key], 0);
  const counts = Object.fromEntries(KEYS.map((key) => [key, sum(key)])) as unknown as DeliveryCounts;
  const ended = counts.completed + counts.fallback + counts.failed + counts.deadLetter;
  return {
    ...counts,
    successRate: `${share(counts.completed * 100, ended)}%`,
    avgAttempts: share(sum('attempts'), sum('attempted')),
  };
}

/** The counts by event type; calls are under their capability. */
export function byEventType(rows: readonly EventTypeCounts[]): Record<string, DeliveryCounts> {
  return Object.fromEntries(
    rows.map((row) => [
      row.eventType,
      Object.fromEntries(KEYS.map((key) => [key, row[key]])) as unknown as DeliveryCounts,
    ]),
  );
}

function share(part: number, of: number): string {
  return (of === 0 ? 0 : part / of).toFixed(2);
}
