import { isStorable, storable, type Problem } from '@breakwater/platform';

/** The limits of docs/guides/security.md. */
export const JSON_DEPTH_MAX = 64;
export const JSON_KEYS_MAX = 10_000;

/**
 * What no table can hold or no reader should be sent: depth, number of keys, NUL and lone surrogates in texts.
 * Iterative, so depth itself does no harm.
 * @param opaque a top-level member whose texts are not looked into: it is kept as bytes
 */
export function documentProblems(document: unknown, opaque?: string): Problem[] {
  let keys = 0;
  const waiting: Place[] = [{ value: document, depth: 0, texts: true }];
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    const { value, depth, texts } = item;
    if (typeof value === 'string') {
      if (texts && !isStorable(value)) return [textProblem(pointerTo(item), value)];
      continue;
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= JSON_DEPTH_MAX)
      return [
        problem(pointerTo(item), 'depth', `JSON may be nested ${JSON_DEPTH_MAX} levels deep`, {
          max: JSON_DEPTH_MAX,
        }),
      ];
    for (const [key, member] of Object.entries(value)) {
      if (++keys > JSON_KEYS_MAX)
        return [problem('', 'keys', `JSON may hold ${JSON_KEYS_MAX} keys and items`, { max: JSON_KEYS_MAX })];
      const inside = texts && !(depth === 0 && key === opaque);
      if (inside && !isStorable(key)) return [textProblem(pointerTo(item), key)];
      waiting.push({ value: member, depth: depth + 1, texts: inside, parent: item, key });
    }
  }
  return [];
}

interface Place {
  value: unknown;
  depth: number;
  texts: boolean;
  parent?: Place;
  key?: string;
}

/** Only made for a problem: most documents have none. */
function pointerTo({ parent, key }: Place): string {
  return parent ? `${pointerTo(parent)}/${escaped(key!)}` : '';
}

function textProblem(pointer: string, text: string): Problem {
  return {
    ...problem(pointer, 'text', 'a text holds neither U+0000 nor half of a surrogate pair', undefined),
    value: storable(text, 100),
  };
}

function problem(pointer: string, rule: string, message: string, bounds: unknown): Problem {
  return { pointer: pointer.slice(0, 500), rule, message, ...(bounds === undefined ? {} : { bounds }) };
}

function escaped(key: string): string {
  return storable(key).replaceAll('~', '~0').replaceAll('/', '~1');
}
