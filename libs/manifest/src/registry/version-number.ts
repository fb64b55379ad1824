/** Whether a number can be a manifest version: 1 or more, and small enough for its column. */
export function isVersionNumber(version: number): boolean {
  return Number.isInteger(version) && version >= 1 && version <= 2_147_483_647;
}
