import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@breakwater/testing/build.js';

/** A schema of docs/openapi.json, with the members of JSON Schema that are used here. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  minimum?: number;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
}

export interface OptionalField {
  /** RFC 6901 pointer into the body. */
  pointer: string;
  schema: JsonSchema;
  /** A copy of a body with this member set to a value; parents are created. */
  put: (body: unknown, value: unknown) => unknown;
}

const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as Record<string, unknown>;

/** The schema itself, after following its reference. @throws Error when the document does not have it */
export function resolved(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const place = schema.$ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
  if (place === undefined) throw new Error(`${schema.$ref} is not in the document`);
  return resolved(place as JsonSchema);
}

/** The schema and all parts it is composed of, with every reference followed. */
export function parts(schema: JsonSchema): JsonSchema[] {
  const own = resolved(schema);
  return [own, ...[own.allOf, own.anyOf, own.oneOf].flatMap((list) => (list ?? []).flatMap(parts))];
}

export function isNullable(schema: JsonSchema): boolean {
  const isAny = Object.keys(resolved(schema)).every((key) =>
    ['description', 'title', 'examples'].includes(key),
  );
  return (
    isAny ||
    parts(schema).some(
      ({ type, nullable, enum: values }) =>
        nullable === true || [type].flat().includes('null') || values?.includes(null) === true,
    )
  );
}

/** Every optional member, also of members of members. Of a map of names the one name `x` is used. */
export function optionalFields(schema: JsonSchema, path: readonly string[] = []): OptionalField[] {
  if (path.length > 6) return [];
  const members = new Map<string, { schema: JsonSchema; isRequired: boolean }>();
  for (const { properties = {}, required = [], additionalProperties } of parts(schema)) {
    for (const [name, member] of Object.entries(properties)) {
      members.set(name, { schema: member, isRequired: required.includes(name) });
    }
    if (typeof additionalProperties === 'object') {
      members.set('x', { schema: additionalProperties, isRequired: true });
    }
  }
  return [...members].flatMap(([name, member]) => {
    const here = [...path, name];
    const inside = optionalFields(member.schema, here);
    if (member.isRequired) return inside;
    const pointer = `/${here.join('/')}`;
    return [
      { pointer, schema: member.schema, put: (body, value) => withMember(body, here, value) },
      ...inside,
    ];
  });
}

/** The smallest value that is valid by the types of a schema: its first example, or its required members. */
export function smallest(schema: JsonSchema): unknown {
  const own = resolved(schema);
  if (own.const !== undefined) return own.const;
  if (own.examples?.length) return own.examples[0];
  if (own.enum) return own.enum[0];
  const choice = own.allOf?.[0] ?? own.anyOf?.[0] ?? own.oneOf?.[0];
  if (choice && !own.properties) return smallest(choice);
  switch ([own.type].flat()[0]) {
    case 'object': {
      const members = Object.entries(own.properties ?? {}).filter(([name]) => own.required?.includes(name));
      return Object.fromEntries(members.map(([name, member]) => [name, smallest(member)]));
    }
    case 'array':
      return own.items ? [smallest(own.items)] : [];
    case 'integer':
    case 'number':
      return own.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return 'x';
    default:
      return {};
  }
}

function withMember(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return { ...members, [name!]: rest.length === 0 ? value : withMember(members[name!], rest, value) };
}
