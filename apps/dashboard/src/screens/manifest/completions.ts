import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';

type Schema = Record<string, unknown>;

/** Members that a manifest may have at a place, by its JSON Schema. @param path names of the objects around it */
export function membersAt(schema: Schema, path: readonly string[]): { name: string; about: string }[] {
  let options: Schema[] = [schema];
  for (const part of path)
    options = options
      .flatMap((option) => variantsOf(schema, option))
      .flatMap((option) => memberOf(option, part));
  const members = new Map<string, string>();
  for (const option of options.flatMap((one) => variantsOf(schema, one))) {
    for (const [name, value] of Object.entries((option['properties'] ?? {}) as Record<string, Schema>)) {
      const about = value['description'];
      members.set(name, typeof about === 'string' ? about : '');
    }
  }
  return [...members].map(([name, about]) => ({ name, about }));
}

function memberOf(schema: Schema, name: string): Schema[] {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  if (properties[name]) return [properties[name]];
  const others = schema['additionalProperties'];
  return typeof others === 'object' && others !== null ? [others as Schema] : [];
}

/** The schema with its references resolved, and what it is any, all or one of. */
function variantsOf(root: Schema, schema: Schema, depth = 0): Schema[] {
  if (depth > 8) return [];
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((value, part) => (value as Schema | undefined)?.[part], root);
    return target ? variantsOf(root, target as Schema, depth + 1) : [];
  }
  const alternatives = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] ?? []) as Schema[]);
  return [schema, ...alternatives.flatMap((option) => variantsOf(root, option, depth + 1))];
}

/** Offers the members of a manifest while a name is typed, in JSON. */
export function completeManifest(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    const isName = node.name === 'PropertyName' || (node.name === 'Object' && context.explicit);
    if (!isName) return null;
    const path: string[] = [];
    for (let at = node.parent; at; at = at.parent) {
      if (at.name !== 'Property' || at.from === node.from) continue;
      const name = at.getChild('PropertyName');
      if (name) path.unshift(unquoted(context.state.sliceDoc(name.from, name.to)));
    }
    const options: Completion[] = membersAt(schema, path).map(({ name, about }) => ({
      label: `"${name}"`,
      detail: about,
      type: 'property',
    }));
    return options.length === 0 ? null : { from: node.name === 'Object' ? context.pos : node.from, options };
  };
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
