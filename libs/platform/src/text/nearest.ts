import { editDistance } from './edit-distance.js';

/** The known word closest to a wrong one, ignoring case; undefined where there are no known words. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  // Longer texts are no typing errors, and computing the distance takes time by length.
  const start = wrong.slice(0, 200).toLowerCase();
  const ranked = known.map((word) => ({ word, distance: editDistance(start, word.toLowerCase()) }));
  return ranked.sort((one, other) => one.distance - other.distance)[0]?.word;
}
