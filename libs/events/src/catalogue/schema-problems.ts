import { cut, nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import { FORMATS } from './formats.js';
import { patternProblem } from './pattern-rule.js';
import {
  DEFINITIONS,
  DIALECT,
  KEYWORDS,
  REFUSED,
  WITH_LIST,
  WITH_NAMES,
  WITH_SCHEMA,
} from './schema-keywords.js';

/** Maximum number of subschemas and required members, those behind references counted at each use. */
export const SCHEMA_MAX_PARTS = 1_000;
/** Maximum number of references that lead to each other. */
const REFERENCES_MAX = 16;
/** Maximum number of values of an `enum`, and of objects and lists among them. */
const ENUM_MAX = 1_000;
const ENUM_OBJECTS_MAX = 50;
const SCALARS = ['string', 'number', 'integer', 'boolean', 'null'];

type Path = readonly (string | number)[];
type Part = Record<string, unknown>;

/** What was found in a schema. */
export interface InspectedSchema {
  problems: Problem[];
  /** Subschemas that a payload is checked with, and names of required members; those behind references at each use. */
  parts: number;
}

/**
 * Finds the problems of a schema that the meta-schema does not find: what could make a check slow or endless, refers
 * to other documents, or has no effect.
 * @param path where the schema is in the request
 * @see docs/adr/0032-schemas-are-limited.md
 */
export function inspectSchema(schema: unknown, path: Path): InspectedSchema {
  if (!isPart(schema)) {
    const message = 'a schema is an object, for example {"type": "object", "required": ["id"]}';
    const problem = { pointer: pointerTo(...path), rule: 'type', message, value: readable(schema) };
    return { problems: [problem], parts: 0 };
  }
  const inspection = new Inspection(schema, path);
  const parts = inspection.partsOf(schema, []);
  if (parts > SCHEMA_MAX_PARTS) {
    const message = `the schema has more than ${SCHEMA_MAX_PARTS} parts and required members: each use of a reference counts what is behind it`;
    inspection.report([], 'parts', message);
  }
  return { problems: inspection.problems, parts };
}

/** Visits each subschema once, and counts them with each use of a reference. */
class Inspection {
  readonly problems: Problem[] = [];
  /** Numbers of parts by the pointer of a definition. */
  private readonly counted = new Map<string, number>();
  /** Pointers of the definitions that are being visited. */
  private readonly open = new Set<string>();

  constructor(
    private readonly root: Part,
    private readonly base: Path,
  ) {}

  report(path: Path, rule: string, message: string, value?: unknown): void {
    const pointer = pointerTo(...this.base, ...path);
    this.problems.push({
      pointer,
      rule,
      message,
      ...(value === undefined ? {} : { value: readable(value) }),
    });
  }

  partsOf(schema: unknown, path: Path): number {
    // What is neither an object nor a boolean is a problem of the meta-schema.
    if (!isPart(schema)) return 1;
    return Object.entries(schema).reduce(
      (sum, [keyword, value]) => sum + this.keyword(keyword, value, schema, [...path, keyword]),
      1,
    );
  }

  /** The number of parts behind a keyword. */
  private keyword(keyword: string, value: unknown, schema: Part, path: Path): number {
    if (WITH_SCHEMA.includes(keyword)) return this.partsOf(value, path);
    if (WITH_LIST.includes(keyword)) return Array.isArray(value) ? this.partsOfAll(value.entries(), path) : 0;
    if (keyword === 'patternProperties' && isPart(value))
      for (const pattern of Object.keys(value)) this.pattern(pattern, [...path, pattern]);
    if (WITH_NAMES.includes(keyword)) return isPart(value) ? this.partsOfAll(Object.entries(value), path) : 0;
    if (DEFINITIONS.includes(keyword)) return this.definitions(value, path);
    if (keyword === '$ref') return this.reference(value, path);
    this.value(keyword, value, schema, path);
    return requiredBy(keyword, value);
  }

  private partsOfAll(schemas: Iterable<[string | number, unknown]>, path: Path): number {
    let sum = 0;
    for (const [key, schema] of schemas) sum += this.partsOf(schema, [...path, key]);
    return sum;
  }

  private definitions(value: unknown, path: Path): number {
    if (path.length > 1)
      this.report(path, 'place', `${path.at(-1)} belongs into the schema itself, not into a part of it`);
    else if (isPart(value)) for (const name of Object.keys(value)) this.definition([...path, name], path);
    return 0;
  }

  /** @param from where it is used */
  private definition(path: Path, from: Path): number {
    const pointer = pointerTo(...path);
    const known = this.counted.get(pointer);
    if (known !== undefined) return known;
    if (this.open.has(pointer)) {
      this.report(
        from,
        'recursive',
        'a schema must not refer to itself: describe the levels that are needed',
      );
      return 1;
    }
    if (this.open.size === REFERENCES_MAX) {
      this.report(from, 'references', `at most ${REFERENCES_MAX} references may lead to each other`);
      return 1;
    }
    this.open.add(pointer);
    const [keyword, name] = path as [string, string];
    const parts = this.partsOf((this.root[keyword] as Part)[name], path);
    this.open.delete(pointer);
    this.counted.set(pointer, parts);
    return parts;
  }

  private reference(value: unknown, path: Path): number {
    const [, keyword, name] = /^#\/(\$defs|definitions)\/([\w.-]+)$/.exec(String(value)) ?? [];
    if (value === '#')
      this.report(
        path,
        'recursive',
        'a schema must not refer to itself: describe the levels that are needed',
      );
    else if (keyword === undefined || name === undefined)
      this.report(
        path,
        'reference',
        'a reference is "#/$defs/<name>", its name of letters, digits, _, - and dots; other documents are not loaded',
        value,
      );
    else if (!Object.hasOwn(Object(this.root[keyword]) as object, name))
      this.report(path, 'reference', `there is no ${cut(name)} in ${keyword}`, value);
    else return this.definition([keyword, name], path);
    return 1;
  }

  private value(keyword: string, value: unknown, schema: Part, path: Path): void {
    if (keyword === 'pattern') this.pattern(value, path);
    else if (keyword === 'format') this.format(value, path);
    else if (keyword === 'uniqueItems') this.uniqueItems(value, schema, path);
    else if (keyword === 'enum') this.enum(value, path);
    else if (keyword === '$schema') this.dialect(value, path);
    else if (REFUSED.includes(keyword))
      this.report(path, 'keyword', `${keyword} is not allowed: refer to a part by "#/$defs/<name>"`);
    else if (!KEYWORDS.includes(keyword))
      this.report(
        path,
        'unknown_key',
        `"${cut(keyword)}" is no keyword of JSON Schema, did you mean "${nearest(keyword, KEYWORDS)}"?`,
      );
  }

  private pattern(pattern: unknown, path: Path): void {
    const problem = typeof pattern === 'string' ? patternProblem(pattern) : null;
    if (problem !== null) this.report(path, 'pattern', problem, pattern);
  }

  private format(format: unknown, path: Path): void {
    const names = Object.keys(FORMATS);
    if (typeof format === 'string' && !names.includes(format))
      this.report(path, 'format', `must be one of ${names.join(', ')}`, format);
  }

  private uniqueItems(value: unknown, { items }: Part, path: Path): void {
    const types = isPart(items) ? [items['type']].flat() : [];
    if (value === true && !(types.length > 0 && types.every((type) => SCALARS.includes(type as string))))
      this.report(
        path,
        'unique_items',
        'uniqueItems needs `items` with a `type` of string, number, integer, boolean or null',
      );
  }

  private enum(value: unknown, path: Path): void {
    if (!Array.isArray(value)) return;
    const objects = value.filter((item) => typeof item === 'object' && item !== null);
    if (value.length > 0 && value.length <= ENUM_MAX && objects.length <= ENUM_OBJECTS_MAX) return;
    const message = `an enum has 1 to ${ENUM_MAX} values, at most ${ENUM_OBJECTS_MAX} of them objects or lists`;
    this.report(path, 'count', message);
  }

  private dialect(value: unknown, path: Path): void {
    if (value !== DIALECT || path.length > 1)
      this.report(path, 'dialect', `only "${DIALECT}" is known, at the top of the schema`, value);
  }
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The number of members that a keyword requires: each may be a problem of its own. */
function requiredBy(keyword: string, value: unknown): number {
  if (keyword === 'required' && Array.isArray(value)) return value.length;
  if (keyword === 'dependentRequired' && isPart(value)) return Object.values(value).flat().length;
  return 0;
}
