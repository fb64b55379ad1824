/** One thing that happened to a delivery. */
export interface TimelineEntry {
  at: Date;
  kind: 'accepted' | 'attempt' | 'postponed' | 'redelivered' | 'cancelled' | 'circuit' | 'finished';
  detail: Record<string, unknown>;
}

/** In the order of their happening; what happened at the same time stays in the order given. */
export function timeline(...parts: TimelineEntry[][]): TimelineEntry[] {
  return parts.flat().sort((one, other) => one.at.getTime() - other.at.getTime());
}
