import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/build.js';
import { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';

interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
}
interface Operation {
  summary?: string;
  operationId: string;
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
/** Everything that answers without a key. */
const PUBLIC = ['GET /healthz', 'GET /readyz', 'GET /api/v1/manifest.schema.json'];

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

  it('names every operation once, and says what each is for', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
  });

  it.each(Object.entries(document.components.schemas))(
    'describes what is in a %s',
    (_, { type, properties }) => {
      expect(type).toBe('object');
      expect(Object.keys(properties ?? {}).length).toBeGreaterThan(0);
    },
  );

  it('refers only to schemas that there are', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name!,
    );
    expect(names.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  it('tells for each operation what a good answer and a problem look like', () => {
    for (const { path, method, operation } of operations) {
      const good = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
      expect(good, `${method} ${path}`).not.toEqual([]);
      expect(JSON.stringify(operation.responses['4XX']), `${method} ${path}`).toContain('ProblemDto');
    }
  });
});

describe('without a key', () => {
  const guarded = operations.filter(({ method, path }) => !PUBLIC.includes(`${method} ${path}`));

  it('there is more behind the door than before it', () => expect(guarded.length).toBeGreaterThan(30));

  it.each(guarded.map(({ method, path }) => [method, path]))('%s %s is shut', async (method, path) => {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'version' ? '1' : 'x'));
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    expectProblem(await stranger.request(method, filled, { body }), 'UNAUTHENTICATED');
  });

  it.each([...PUBLIC, 'GET /docs', 'GET /openapi.json'])('%s is open', async (request) => {
    expect((await stranger.get(request.slice('GET '.length))).status).toBe(200);
  });
});
