import { editDistance } from '../text/edit-distance.js';

/** The known name closest to `name`, or undefined when none shares at least half of its letters. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const closest = known
    .map((candidate) => ({ candidate, far: editDistance(name, candidate) }))
    .toSorted((a, b) => a.far - b.far)[0];
  return closest && closest.far <= name.length / 2 ? closest.candidate : undefined;
}
