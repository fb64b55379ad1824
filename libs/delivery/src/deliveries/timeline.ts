/** One thing that happened to a delivery. */
export interface TimelineEntry {
  at: Date;
  kind: 'accepted' | 'attempt' | 'postponed' | 'redelivered' | 'cancelled' | 'circuit' | 'finished';
  detail: Record<string, unknown>;
}

/** Sorts by time; entries with the same time stay in the given order. */
export function timeline(...parts: TimelineEntry[][]): TimelineEntry[] {
  return parts.flat().sort((one, other) => one.at.getTime() - other.at.getTime());
}
