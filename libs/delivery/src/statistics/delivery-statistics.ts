/** Deliveries accepted within a range, by what became of them. */
export interface DeliveryCounts {
  total: number;
  completed: number;
  /** Sync ones that the app did not answer and a fallback did. */
  fallback: number;
  /** Sync ones that nobody answered: the caller got an error, or hung up. */
  failed: number;
  deadLetter: number;
  pending: number;
  cancelled: number;
}

export interface DeliverySummary extends DeliveryCounts {
  /**
   * Completed of those that ended, as "98.08%"; "0.00%" while there are none. A call that a fallback answered is no
   * success of the app; a cancelled delivery counts as neither.
   */
  successRate: string;
  /** Attempts per delivery that had any, as "1.12"; "0.00" while there are none. */
  avgAttempts: string;
}

export interface EventTypeCounts extends DeliveryCounts {
  /** Of calls their capability. */
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

/** The counts by type of event; calls under their capability. */
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
