import type { Marker } from './chart.js';

/** Markers that are closer together than this share of the axis are drawn as one. */
const NEAR = 0.06;

/** Markers with room for their titles: those close together become one, which says how many it stands for. */
export function mergeMarkers(markers: readonly Marker[], firstMs: number, lastMs: number): Marker[] {
  const near = (lastMs - firstMs) * NEAR;
  const groups: Marker[][] = [];
  for (const marker of markers.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const group = groups.at(-1);
    const begin = group?.[0];
    if (group && begin && Date.parse(marker.at) - Date.parse(begin.at) <= near) group.push(marker);
    else groups.push([marker]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    return [{ at: first.at, title: group.length === 1 ? first.title : `${group.length} changes` }];
  });
}
