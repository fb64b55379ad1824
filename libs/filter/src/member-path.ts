/**
 * The members a key of a filter names, one in the other: `order.total` is `total` in `order`. A backslash takes a dot, a
 * `$` or another backslash as it is. Null where a backslash stands before anything else, or a member has no name.
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
