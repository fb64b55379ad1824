import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { ERROR_CATALOGUE } from '../../apps/api/src/errors/catalogue.js';
import { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import { parts, type JsonSchema } from '../support/schemas.js';

interface Response {
  $ref?: string;
  content?: Record<string, { schema: JsonSchema }>;
}
interface Operation {
  summary?: string;
  description?: string;
  operationId: string;
  tags?: string[];
  parameters?: { name?: string; required?: boolean; schema?: JsonSchema }[];
  requestBody?: {
    required?: boolean;
    content: Record<string, { schema: JsonSchema; examples?: Record<string, { value: unknown }> }>;
  };
  responses: Record<string, Response>;
}
interface Document {
  info: { description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema & { description?: string }>;
    responses: Record<string, Response>;
  };
}

const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
/** Everything that answers without a key. */
const PUBLIC = [
  'GET /healthz',
  'GET /readyz',
  'GET /api/v1/manifest.schema.json',
  'GET /.well-known/webhook-keys',
  'POST /api/v1/session',
  'DELETE /api/v1/session',
];

let platform: Platform;
let stranger: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  stranger = new HttpClient((await platform.api()).url);
});

afterAll(async () => platform?.stop());

describe('docs/openapi.json', () => {
  it('is what the running api shows', async () => {
    expect((await stranger.get('/openapi.json')).json).toEqual(document);
  });

  it('names every operation once, and describes each', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
  });

  it('has one schema without any rule: any JSON', () => {
    const silent = Object.entries(document.components.schemas).filter(
      ([, { description: _, ...schema }]) => Object.keys(schema).length === 0,
    );
    expect(silent.map(([name]) => name)).toEqual(['ManifestJson']);
  });

  it('has no object without known members, no number that is neither whole nor a fraction', () => {
    for (const { schema, place } of schemasIn(document)) {
      const { type, format, properties, additionalProperties, allOf, anyOf } = schema;
      if (type === 'number') expect(format, place).toBe('double');
      if (type === 'object')
        expect([properties, additionalProperties, allOf, anyOf].some(Boolean), place).toBe(true);
      expect(schema, place).not.toHaveProperty('nullable');
    }
  });

  it('closes every object of a request body', () => {
    const open = operations.filter(({ operation }) => {
      const body = operation.requestBody?.content['application/json']?.schema;
      return (body ? allParts(body) : []).some(
        ({ properties, additionalProperties }) => properties && additionalProperties === undefined,
      );
    });
    expect(open.map(({ operation }) => operation.operationId)).toEqual([]);
  });

  it('requires no parameter that has a default, and no body without required members', () => {
    for (const { operation } of operations) {
      for (const { required, schema } of operation.parameters ?? []) {
        if (schema?.default !== undefined) expect(required, operation.operationId).toBe(false);
      }
    }
    const optional = operations.filter(({ operation }) => operation.requestBody?.required === false);
    expect(optional.map(({ operation }) => operation.operationId)).toEqual(
      expect.arrayContaining(['apps_update', 'apps_rotate', 'deadletters_resolve', 'alertrules_update']),
    );
  });

  it('has an example of every request body, each valid by its schema', () => {
    const ajv = new Ajv2020({ strict: false });
    (addFormats.default ?? addFormats)(ajv);
    ajv.addSchema({ $id: 'openapi', ...document });
    for (const { path, method, operation } of operations) {
      const media = operation.requestBody?.content['application/json'];
      if (!media) continue;
      const examples = Object.entries(media.examples ?? {});
      expect(examples, operation.operationId).not.toEqual([]);
      const place = [path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
      const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
      const validate = ajv.compile({ $ref: `openapi#/paths/${encodeURI(pointer)}` });
      for (const [name, { value }] of examples)
        expect([validate(value), validate.errors], `${operation.operationId} ${name}`).toEqual([true, null]);
    }
  });

  it('says more about each operation than its summary, and describes its group', () => {
    const tags = new Map(document.tags.map(({ name, description }) => [name, description]));
    for (const { operation } of operations) {
      const { operationId, summary, description } = operation;
      expect(description, operationId).toMatch(/.{10}/);
      expect(description, operationId).not.toBe(summary);
      for (const tag of operation.tags ?? []) expect(tags.get(tag), `the tag ${tag}`).toMatch(/.{10}/);
    }
  });

  it('lists every code of the catalogue for readers in a browser', () => {
    for (const code of Object.keys(ERROR_CATALOGUE))
      expect(document.info.description).toContain(`\`${code}\``);
  });

  it('describes the headers that an app receives', () => {
    const { parameters } = document.webhooks['call']!['post']!;
    expect(parameters!.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['webhook-id', 'webhook-timestamp', 'webhook-signature', 'X-Timeout-Ms']),
    );
  });

  it('refers only to existing schemas', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name!,
    );
    expect(names.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  it('documents for each operation the good answer and each problem', () => {
    for (const { path, method, operation } of operations) {
      const name = `${method} ${path}`;
      const statuses = Object.keys(operation.responses);
      expect(
        statuses.filter((status) => status.startsWith('2')),
        name,
      ).not.toEqual([]);
      const isPublic = PUBLIC.includes(name);
      expect(statuses, name).toEqual(
        expect.arrayContaining(isPublic ? ['400'] : ['400', '401', '403', '429', '503']),
      );
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) < 400 || path === '/readyz') continue;
        const { content } = resolvedResponse(response);
        expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual(['application/problem+json']);
      }
    }
  });

  it('documents no answer without a reader', () => {
    const invoke = operations.find(({ operation }) => operation.operationId === 'invoke_invoke')!;
    expect(Object.keys(invoke.operation.responses)).toEqual(
      expect.arrayContaining(['409', '413', '415', '502', '504']),
    );
  });
});

function* schemasIn(
  node: unknown,
  place = '#',
): Generator<{ schema: JsonSchema & { format?: string }; place: string }> {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && (typeof node.type === 'string' || Array.isArray(node.type)))
    yield { schema: node as JsonSchema, place };
  for (const [key, inner] of Object.entries(node)) yield* schemasIn(inner, `${place}/${key}`);
}

function allParts(schema: JsonSchema, seen = new Set<JsonSchema>()): JsonSchema[] {
  return parts(schema).flatMap((part) => {
    if (seen.has(part)) return [];
    seen.add(part);
    return [part, ...Object.values(part.properties ?? {}).flatMap((member) => allParts(member, seen))];
  });
}

function resolvedResponse(response: Response): Response {
  return response.$ref === undefined
    ? response
    : document.components.responses[response.$ref.split('/').at(-1)!]!;
}

describe('without a key', () => {
  const guarded = operations.filter(({ method, path }) => !PUBLIC.includes(`${method} ${path}`));

  it('there are more routes with a key than without', () => expect(guarded.length).toBeGreaterThan(30));

  it.each(guarded.map(({ method, path }) => [method, path]))('%s %s is refused', async (method, path) => {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'version' ? '1' : 'x'));
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    expectProblem(await stranger.request(method, filled, { body }), 'UNAUTHENTICATED');
  });

  const readable = PUBLIC.filter((route) => route.startsWith('GET '));
  it.each([...readable, 'GET /docs', 'GET /openapi.json'])('%s is served', async (request) => {
    expect((await stranger.get(request.slice('GET '.length))).status).toBe(200);
  });
});
