import { editDistance } from './edit-distance.js';

/** The known word closest to a wrong one, case ignored; undefined where there is none to choose from. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  // Nobody misspells a word by this much, and the distance costs time by length.
  const start = wrong.slice(0, 200).toLowerCase();
  const ranked = known.map((word) => ({ word, distance: editDistance(start, word.toLowerCase()) }));
  return ranked.sort((one, other) => one.distance - other.distance)[0]?.word;
}
