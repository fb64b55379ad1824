import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { root } from '@breakwater/testing/build.js';

interface Response {
  $ref?: string;
  content?: Record<string, { schema: object }>;
}
interface Operation {
  responses: Record<string, Response>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response> };
}

interface Known {
  path: string;
  pattern: RegExp;
  operations: Record<string, Operation>;
}

/** An answer as a client saw it. */
export interface Seen {
  method: string;
  /** The requested path with its query. */
  path: string;
  status: number;
  contentType: string | undefined;
  json: unknown;
}

const text = readFileSync(join(root, 'docs/openapi.json'), 'utf8');
const document = JSON.parse(text) as Document;
const known: Known[] = Object.entries(document.paths)
  // Literal paths come before paths with parameters.
  .toSorted(([one], [other]) => one.split('{').length - other.split('{').length)
  .map(([path, operations]) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    operations,
  }));

const ajv = (addFormats.default ?? addFormats)(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ $id: 'openapi', ...(closed(JSON.parse(text)) as object) });
const validators = new Map<string, ValidateFunction>();

/**
 * What an answer of a documented operation has that docs/openapi.json does not describe: a status, a content type, a
 * member, a value. Null when all is described, or when the path is not in the document.
 */
export function undocumented({ method, path, status, contentType, json }: Seen): string | null {
  const bare = path.split(/[?#]/, 1)[0]!;
  const operation = known.find(
    ({ pattern, operations }) => pattern.test(bare) && operations[method.toLowerCase()] !== undefined,
  );
  if (!operation) return null;
  const name = `${method} ${operation.path} ${status}`;
  const response = resolved(operation.operations[method.toLowerCase()]!.responses[String(status)]);
  if (!response) return `${name} is not documented`;
  const media = contentType?.split(';')[0];
  if (!response.content) return media === undefined ? null : `${name} has a body that is not documented`;
  const schema = response.content[media ?? '']?.schema;
  if (!schema) return `${name} came as ${media}, documented is ${Object.keys(response.content).join(', ')}`;
  const validate = validators.get(`${name} ${media}`) ?? ajv.compile(closed(rooted(schema)) as object);
  validators.set(`${name} ${media}`, validate);
  if (validate(json)) return null;
  const faults = validate.errors!.map(
    ({ instancePath, message, params }) =>
      `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`,
  );
  return `${name}: ${faults.slice(0, 5).join('; ')}`;
}

function resolved(response: Response | undefined): Response | undefined {
  if (response?.$ref === undefined) return response;
  return document.components.responses[response.$ref.split('/').at(-1)!];
}

/** Its references begin at the document. */
function rooted(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'));
}

/** A copy in which objects allow no unknown members: everything a test sees must be documented. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isObjectSchema = typeof copy['properties'] === 'object' && 'type' in copy;
  return isObjectSchema && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}
