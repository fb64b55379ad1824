import type { CapabilityDto, CapabilityNumbersDto } from '@breakwater/client';

export interface CapabilityRow {
  capability: string;
  /** Null: no call was made in the range. */
  numbers: CapabilityNumbersDto | null;
  /** Null: it is not in the manifest any more. */
  endpoint: CapabilityDto | null;
}

const isCapability = ({ capability }: { capability: string }): boolean => !capability.startsWith('endpoint:');

/** Every capability of the app, those with most calls first; then by name. Subscriptions have a screen of their own. */
export function capabilityRows(
  endpoints: readonly CapabilityDto[],
  numbers: readonly CapabilityNumbersDto[],
): CapabilityRow[] {
  const rows = new Map<string, CapabilityRow>();
  for (const endpoint of endpoints.filter(isCapability))
    rows.set(endpoint.capability, { capability: endpoint.capability, numbers: null, endpoint });
  for (const one of numbers.filter(isCapability)) {
    const endpoint = rows.get(one.capability)?.endpoint ?? null;
    rows.set(one.capability, { capability: one.capability, numbers: one, endpoint });
  }
  return [...rows.values()].toSorted(
    (a, b) => (b.numbers?.total ?? 0) - (a.numbers?.total ?? 0) || a.capability.localeCompare(b.capability),
  );
}
