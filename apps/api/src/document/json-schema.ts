/** A schema of an OpenAPI document, with the members of JSON Schema that are used here. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  [more: string]: unknown;
}

/** All schemas inside a schema. */
export function within(schema: Schema): Schema[] {
  const { items, additionalProperties, properties = {}, allOf = [], anyOf = [], oneOf = [] } = schema;
  return [
    ...Object.values(properties),
    ...(items ? [items] : []),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ...allOf,
    ...anyOf,
    ...oneOf,
  ];
}

/**
 * Converts a schema as Nest writes it to JSON Schema 2020-12, in place:
 * - what may be null has null among its types,
 * - an object without known members is any JSON: `{}`,
 * - a number is whole unless it is marked as a fraction (`format: double`),
 * - a member with a default may be absent.
 */
export function modernise(schema: Schema): void {
  for (const inner of within(schema)) modernise(inner);
  if (schema.type === 'number' && schema.format !== 'double') schema.type = 'integer';
  if (isUnknownObject(schema)) delete schema.type;
  if (schema.nullable !== undefined) makeNullable(schema);
  const { properties = {}, required } = schema;
  if (!required) return;
  schema.required = required.filter((name) => properties[name]?.default === undefined);
  if (schema.required.length === 0) delete schema.required;
}

function isUnknownObject({ type, properties, additionalProperties, allOf, anyOf, oneOf }: Schema): boolean {
  const isOpen = properties === undefined && additionalProperties === undefined;
  return type === 'object' && isOpen && !allOf && !anyOf && !oneOf;
}

function makeNullable(schema: Schema): void {
  const { nullable, allOf } = schema;
  delete schema.nullable;
  if (!nullable) return;
  if (typeof schema.type === 'string' && !allOf) {
    schema.type = [schema.type, 'null'];
    if (schema.enum) schema.enum = [...schema.enum, null];
  } else if (allOf) {
    delete schema.allOf;
    delete schema.type;
    schema.anyOf = [...allOf, { type: 'null' }];
  }
}

/** Forbids unknown members in every object of a request body. */
export function close(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  seen = new Set<Schema>(),
): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const named = schema.$ref === undefined ? undefined : schemas[nameOf(schema.$ref)];
  if (named) close(named, schemas, seen);
  if (schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
  for (const inner of within(schema)) close(inner, schemas, seen);
}

/** The database can store every text without U+0000. Half a surrogate pair is not a text at all. */
const KEPT = String.raw`^[^\u0000]*$`;

/** Forbids U+0000 in every text of a request whose pattern is not already narrower. */
export function withoutNul(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  seen = new Set<Schema>(),
): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const named = schema.$ref === undefined ? undefined : schemas[nameOf(schema.$ref)];
  if (named) withoutNul(named, schemas, seen);
  const { type, pattern, format } = schema;
  if (type === 'string' && !schema.enum && pattern === undefined && format === undefined)
    schema.pattern = KEPT;
  for (const inner of within(schema)) withoutNul(inner, schemas, seen);
}

/** Whether a body of this schema may be absent: none of its members is required. */
export function mayBeLeftOut(schema: Schema, schemas: Readonly<Record<string, Schema>>): boolean {
  const named = schema.$ref === undefined ? schema : schemas[nameOf(schema.$ref)];
  return named?.type === 'object' && (named.required ?? []).length === 0;
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

const DEFINITION = '#/$defs/';

/**
 * Converts a JSON Schema with definitions of its own to schemas of an OpenAPI document, where a `$ref` begins at the
 * root of the document. `json`, which stands for any JSON, becomes `{}`. Patterns with Unicode classes are removed:
 * many tools compile them without the flag `u` and refuse valid values.
 */
export function asComponents(
  name: string,
  { $schema: _, $defs = {}, ...schema }: Schema,
): Record<string, Schema> {
  const definitions = $defs as Record<string, Schema>;
  const newName = (definition: string): string =>
    `${name}${definition[0]!.toUpperCase()}${definition.slice(1)}`;
  const rewritten = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(rewritten);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node)
        .filter(isReadByAll)
        .map(([key, value]) =>
          key === '$ref' && typeof value === 'string' && value.startsWith(DEFINITION)
            ? [key, `#/components/schemas/${newName(value.slice(DEFINITION.length))}`]
            : [key, rewritten(value)],
        ),
    );
  };
  const components = Object.entries(definitions).map(([definition, content]): [string, Schema] => [
    newName(definition),
    definition === 'json' ? { description: 'Any JSON.' } : (rewritten(content) as Schema),
  ]);
  return Object.fromEntries([[name, rewritten(schema) as Schema], ...components]);
}

function isReadByAll([key, value]: [string, unknown]): boolean {
  return !(key === 'pattern' && typeof value === 'string' && value.includes(String.raw`\p{`));
}
