/** One of `items`, uniformly; null for an empty list. @param random uniform in [0, 1) */
export function pick<T>(items: readonly T[], random: number): T | null {
  return items.length === 0 ? null : items[Math.floor(random * items.length)]!;
}
