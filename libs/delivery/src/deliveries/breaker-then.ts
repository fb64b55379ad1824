interface Change {
  at: Date;
  fromState: string;
  toState: string;
}

/** The state of a breaker at a time; null where no change is known. @param changes in the order of time */
export function breakerThen(changes: readonly Change[], at: Date): string | null {
  const before = changes.findLast((change) => change.at <= at);
  return before?.toState ?? changes[0]?.fromState ?? null;
}
