interface Hour {
  ended: number;
  completed: number;
}

/** Shares of 0 to 1; null where nothing ended. */
export function hourlyRates(hours: readonly Hour[]): (number | null)[] {
  return hours.map(({ ended, completed }) => (ended === 0 ? null : completed / ended));
}
