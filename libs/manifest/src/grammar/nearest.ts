/** Levenshtein distance: inserts, deletions and replacements that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The known word closest to a wrong one, case ignored; undefined where there is none to choose from. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  // Nobody misspells a word by this much, and the distance costs time by length.
  const start = wrong.slice(0, 200).toLowerCase();
  const ranked = known.map((word) => ({ word, distance: editDistance(start, word.toLowerCase()) }));
  return ranked.sort((one, other) => one.distance - other.distance)[0]?.word;
}
