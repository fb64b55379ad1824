/**
 * The path of member names in a key of a filter: `order.total` is `total` in `order`. A backslash escapes a dot, a `$`
 * or a backslash. Null if a backslash comes before any other character, or if a name is empty.
 */
export function memberPath(key: string): string[] | null {
  const path: string[] = [];
  let name = '';
  for (let at = 0; at < key.length; at++) {
    const character = key[at]!;
    if (character === '.') {
      path.push(name);
      name = '';
    } else if (character === '\\') {
      const next = key[++at];
      if (next === undefined || !'.$\\'.includes(next)) return null;
      name += next;
    } else {
      name += character;
    }
  }
  path.push(name);
  return path.includes('') ? null : path;
}
