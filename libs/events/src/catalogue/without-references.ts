import { DEFINITIONS, WITH_LIST, WITH_NAMES, WITH_SCHEMA } from './schema-keywords.js';

type Part = Readonly<Record<string, unknown>>;

/**
 * The same schema, with the definition in the place of each reference. At each reference, Ajv copies all problems that
 * it has found, so a large payload with many problems would take very long.
 * @param schema has references to its own definitions only, and none leads back to itself
 */
export function withoutReferences(schema: Part): Part {
  return replaced(schema, schema) as Part;
}

function replaced(schema: unknown, root: Part): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = schema as Part;
  const kept = Object.entries(rest).filter(([keyword]) => !DEFINITIONS.includes(keyword));
  const parts = kept.map(([keyword, value]) => [keyword, replacedIn(keyword, value, root)]);
  const part = Object.fromEntries(parts) as { allOf?: unknown[] };
  if ($ref === undefined) return part;
  const [, keyword, name] = ($ref as string).split('/') as [string, string, string];
  const definition = replaced((root[keyword] as Part)[name], root);
  return { ...part, allOf: [...(part.allOf ?? []), definition] };
}

function replacedIn(keyword: string, value: unknown, root: Part): unknown {
  if (WITH_SCHEMA.includes(keyword)) return replaced(value, root);
  if (WITH_LIST.includes(keyword)) return (value as unknown[]).map((schema) => replaced(schema, root));
  if (!WITH_NAMES.includes(keyword)) return value;
  const schemas = Object.entries(value as Part).map(([name, schema]) => [name, replaced(schema, root)]);
  return Object.fromEntries(schemas) as Part;
}
