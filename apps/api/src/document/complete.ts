import type { OpenAPIObject } from '@nestjs/swagger';
import { ERROR_CATALOGUE } from '../errors/catalogue.js';
import { EXAMPLES, type Example } from './examples.js';
import { asComponents, close, mayBeLeftOut, modernise, withoutNul, type Schema } from './json-schema.js';
import { NOTICE, OUTGOING } from './outgoing.js';
import { codesByStatus } from './problem-responses.js';
import { OWN_CODES } from './problems.js';

interface Parameter {
  $ref?: string;
  name?: string;
  in?: string;
  required?: boolean;
  schema?: Schema;
}
interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Schema }>;
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: {
    required?: boolean;
    content: Record<string, { schema: Schema; examples?: Readonly<Record<string, Example>> }>;
  };
  responses: Record<string, Response>;
  security?: object[];
  [OWN_CODES]?: string[];
}

export interface DocumentFacts {
  /** Ids of the operations that need no key. */
  publicIds: ReadonlySet<string>;
  /** JSON Schema of the manifest. */
  manifestSchema: Schema;
}

/** Descriptions of successful responses where the operation has none. */
const GOOD: Readonly<Record<string, string>> = {
  '200': 'Done; the answer.',
  '201': 'Made.',
  '202': 'Accepted; it continues in the background.',
  '204': 'Done; the answer has no body.',
};

const REQUEST_ID = {
  description: 'The id of this request: the one that was sent, or a new one. It is in the log.',
  schema: { type: 'string' },
};
const RETRY_AFTER = {
  description: 'Seconds after which the same request may succeed.',
  schema: { type: 'integer', minimum: 0 },
};

/** Adds to Nest's document what Nest cannot know. Pure: the same code and facts give the same document. */
export function completeDocument(document: OpenAPIObject, facts: DocumentFacts): OpenAPIObject {
  const components = (document.components ??= {});
  const schemas = (components.schemas ??= {}) as Record<string, Schema>;
  for (const schema of Object.values(schemas)) modernise(schema);
  Object.assign(schemas, asComponents('Manifest', facts.manifestSchema), { Notice: structuredClone(NOTICE) });
  components.responses = Object.fromEntries(
    Object.entries(ERROR_CATALOGUE).map(([code, { status }]) => [code, problemResponse(status, [code])]),
  ) as typeof components.responses;
  components.headers = {
    'X-Request-ID': REQUEST_ID,
    'Retry-After': RETRY_AFTER,
  } as typeof components.headers;
  components.parameters = {
    'X-Request-ID': {
      name: 'X-Request-ID',
      in: 'header',
      required: false,
      description:
        'An id of yours for this request: 1 to 128 letters, digits, `.`, `_`, `:` or `-`. Anything else is replaced by a new one.',
      schema: { type: 'string' },
    },
  };
  for (const [path, byMethod] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(byMethod)) {
      completeOperation(operation as Operation, { path, method, schemas, publicIds: facts.publicIds });
    }
  }
  dropUnused(document);
  return Object.assign(document, { webhooks: structuredClone(OUTGOING) });
}

interface Place {
  path: string;
  method: string;
  schemas: Record<string, Schema>;
  publicIds: ReadonlySet<string>;
}

function completeOperation(operation: Operation, { path, method, schemas, publicIds }: Place): void {
  const isPublic = publicIds.has(operation.operationId);
  if (isPublic) operation.security = [];
  const parameters = (operation.parameters ??= []);
  for (const parameter of parameters) {
    if (!parameter.schema) continue;
    modernise(parameter.schema);
    if (parameter.schema.default !== undefined) parameter.required = false;
    if (parameter.in === 'query') withoutNul(parameter.schema, schemas);
  }
  const has = (name: string, place: string): boolean =>
    parameters.some((parameter) => parameter.name === name && parameter.in === place);
  const responses = codesByStatus(
    {
      isPublic,
      method,
      hasPathParameters: path.includes('{'),
      hasCursor: has('cursor', 'query'),
      hasAppInQuery: has('appId', 'query'),
      hasBody: operation.requestBody !== undefined,
      ownCodes: operation[OWN_CODES] ?? [],
    },
    ERROR_CATALOGUE,
  );
  delete operation[OWN_CODES];
  parameters.push({ $ref: '#/components/parameters/X-Request-ID' });
  if (operation.requestBody) completeBody(operation.requestBody, operation.operationId, schemas);
  completeResponses(operation.responses);
  // A response that an operation documents itself, such as a health report with 503, is not replaced.
  for (const [status, codes] of responses) {
    operation.responses[status] ??= codes.length === 1 ? shared(codes[0]!) : problemResponse(status, codes);
  }
}

function completeBody(
  body: NonNullable<Operation['requestBody']>,
  operationId: string,
  schemas: Record<string, Schema>,
): void {
  for (const media of Object.values(body.content)) {
    const { schema } = media;
    const examples = EXAMPLES[operationId];
    if (examples) media.examples = examples;
    modernise(schema);
    close(schema, schemas);
    withoutNul(schema, schemas);
    body.required = !mayBeLeftOut(schema, schemas);
  }
}

function completeResponses(responses: Record<string, Response>): void {
  for (const [status, response] of Object.entries(responses)) {
    response.description ||= GOOD[status] ?? '';
    response.headers = { 'X-Request-ID': { $ref: '#/components/headers/X-Request-ID' }, ...response.headers };
    for (const { schema } of Object.values(response.content ?? {})) modernise(schema);
  }
}

function shared(code: string): Response {
  return { $ref: `#/components/responses/${code}` };
}

function problemResponse(status: number, codes: readonly string[]): Response {
  const mayWait = [429, 502, 503].includes(status);
  return {
    description: codes.map((code) => `\`${code}\`: ${ERROR_CATALOGUE[code]!.title}.`).join(' '),
    headers: {
      'X-Request-ID': { $ref: '#/components/headers/X-Request-ID' },
      ...(mayWait ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
    },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
  };
}

/** Removes the shared responses that no operation refers to: many codes never occur alone. */
function dropUnused(document: OpenAPIObject): void {
  const { responses = {} } = document.components ?? {};
  const text = JSON.stringify(document.paths);
  for (const code of Object.keys(responses)) {
    if (!text.includes(`"#/components/responses/${code}"`)) delete responses[code];
  }
}
