/** Deliveries accepted within a range, by what became of them. */
export interface DeliveryCounts {
  total: number;
  completed: number;
  /** Sync ones that no app answered. */
  failed: number;
  deadLetter: number;
  pending: number;
  cancelled: number;
}

export interface DeliverySummary extends DeliveryCounts {
  /** Completed of those that ended in success or failure, as "98.08%"; "0.00%" while there are none. */
  successRate: string;
  /** Attempts per delivery that had any, as "1.12"; "0.00" while there are none. */
  avgAttempts: string;
}

export interface EventTypeCounts extends DeliveryCounts {
  /** Null: calls of capabilities. */
  eventType: string | null;
  attempts: number;
  attempted: number;
}

const KEYS = ['total', 'completed', 'failed', 'deadLetter', 'pending', 'cancelled'] as const;

export function summaryOf(rows: readonly EventTypeCounts[]): DeliverySummary {
  const sum = (key: keyof Omit<EventTypeCounts, 'eventType'>): number =>
    rows.reduce((total, row) => total + row[key], 0);
  const counts = Object.fromEntries(KEYS.map((key) => [key, sum(key)])) as unknown as DeliveryCounts;
  const ended = counts.completed + counts.failed + counts.deadLetter;
  return {
    ...counts,
    successRate: `${share(counts.completed * 100, ended)}%`,
    avgAttempts: share(sum('attempts'), sum('attempted')),
  };
}

/** The counts by type of event; calls of capabilities under `none`. */
export function byEventType(rows: readonly EventTypeCounts[]): Record<string, DeliveryCounts> {
  return Object.fromEntries(
    rows.map((row) => [
      row.eventType ?? 'none',
      Object.fromEntries(KEYS.map((key) => [key, row[key]])) as unknown as DeliveryCounts,
    ]),
  );
}

function share(part: number, of: number): string {
  return (of === 0 ? 0 : part / of).toFixed(2);
}
