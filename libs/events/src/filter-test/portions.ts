/**
 * Divides items into portions, in their order. Each holds at most `maxBytes`, or one item that is larger.
 */
export function portions<Item extends { bytes: number }>(items: readonly Item[], maxBytes: number): Item[][] {
  const divided: Item[][] = [];
  let left = 0;
  for (const item of items) {
    if (divided.length === 0 || item.bytes > left) {
      divided.push([]);
      left = maxBytes;
    }
    divided.at(-1)!.push(item);
    left -= item.bytes;
  }
  return divided;
}
