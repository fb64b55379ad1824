/** Keywords with one schema. */
export const WITH_SCHEMA: readonly string[] = [
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'items',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
];

/** Keywords with a list of schemas. */
export const WITH_LIST: readonly string[] = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];

/** Keywords with schemas by name. */
export const WITH_NAMES: readonly string[] = ['properties', 'patternProperties', 'dependentSchemas'];

/** Keywords with schemas that only a reference uses. */
export const DEFINITIONS: readonly string[] = ['$defs', 'definitions'];

/** Keywords with a value. */
const WITH_VALUE: readonly string[] = [
  'type',
  'enum',
  'const',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'format',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
  'required',
  'dependentRequired',
  'contentEncoding',
  'contentMediaType',
];

/** Keywords that only describe. */
const DESCRIBING: readonly string[] = [
  '$comment',
  'title',
  'description',
  'default',
  'deprecated',
  'readOnly',
  'writeOnly',
  'examples',
];

export const KEYWORDS: readonly string[] = [
  '$schema',
  '$ref',
  ...WITH_SCHEMA,
  ...WITH_LIST,
  ...WITH_NAMES,
  ...DEFINITIONS,
  ...WITH_VALUE,
  ...DESCRIBING,
];

/** Keywords of JSON Schema that are refused, because they refer to other documents or make references hard to follow. */
export const REFUSED: readonly string[] = [
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$vocabulary',
];

/** The only version of JSON Schema. */
export const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
