import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@breakwater/testing/build.js';

export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  format?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

interface Operation {
  security?: object[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** One operation of docs/openapi.json; `route` is its `METHOD path`. */
export interface Route {
  route: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  security: object[] | undefined;
}

interface Document {
  security?: object[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}

export const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as Document;

export const routes: Route[] = Object.entries(document.paths).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([name, { parameters = [], requestBody, security }]) => {
    const method = name.toUpperCase();
    const body = requestBody?.content['application/json']?.schema;
    return { route: `${method} ${path}`, method, path, parameters: parameters.map(resolved), body, security };
  }),
);

function resolved(parameter: Parameter | { $ref: string }): Parameter {
  if (!('$ref' in parameter)) return parameter;
  return document.components.parameters[parameter.$ref.split('/').at(-1)!]!;
}

/** A route's path with its parameters filled in, sent unescaped. */
export function filled(path: string, values: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!);
}
