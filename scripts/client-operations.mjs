// The operations of the OpenAPI document as a table and as types (libs/client/src/generated/operations.gen.ts).

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
/** Groups whose operationId has two words without a capital letter. */
const WORDS = {
  alertrules: 'alertRules',
  apphealth: 'appHealth',
  appsummaries: 'appSummaries',
  bulkoperations: 'bulkOperations',
  conformanceruns: 'conformanceRuns',
  clientcertificates: 'clientCertificates',
  deadletters: 'deadLetters',
  encryptionkeys: 'encryptionKeys',
  eventtypes: 'eventTypes',
  portallinks: 'portalLinks',
  sourcecaptures: 'sourceCaptures',
  sourcepresets: 'sourcePresets',
  subscriptiontests: 'subscriptionTests',
  webhookhealth: 'webhookHealth',
  webhookkeys: 'webhookKeys',
  webhookmetrics: 'webhookMetrics',
};
/** It has a function of its own: its answer is changed. */
const BY_HAND = 'invoke_invoke';

/** All operations of the document, in its order. */
export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) =>
      operationOf(document, path, method, item[method]),
    ),
  );
}

function operationOf(document, path, method, operation) {
  const [prefix, name] = operation.operationId.split('_');
  const parameters = (operation.parameters ?? []).map((parameter) =>
    parameter.$ref ? document.components.parameters[parameter.$ref.split('/').at(-1)] : parameter,
  );
  const queries = parameters.filter((parameter) => parameter.in === 'query');
  return {
    id: operation.operationId,
    group: WORDS[prefix] ?? prefix,
    name,
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? '',
    ids: [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id),
    takes: operation.requestBody ? 'body' : queries.length > 0 ? 'query' : undefined,
    isRequired: operation.requestBody?.required === true || queries.some(({ required }) => required),
    hasKey: parameters.some((parameter) => parameter.in === 'header' && parameter.name === 'idempotency-key'),
    hasPages: queries.some((parameter) => parameter.name === 'cursor') && isPage(document, operation),
  };
}

function isPage(document, operation) {
  const schema = operation.responses['200']?.content?.['application/json']?.schema;
  const resolved = schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
  return resolved?.properties?.items?.type === 'array';
}

/** The text of operations.gen.ts. */
export function operationsFile(document) {
  const groups = Map.groupBy(
    operationsOf(document).filter(({ id }) => id !== BY_HAND),
    ({ group }) => group,
  );
  return `// Made from docs/openapi.json by scripts/client-generate.mjs.
import type { CallOptions } from '../call.js';
import type { Pages } from '../pages.js';
import type * as T from './types.gen.js';

export interface Operation {
  method: string;
  path: string;
  /** What it takes besides the ids in its path. */
  takes?: 'body' | 'query';
  /** Whether it takes an idempotency key. */
  hasKey?: true;
  hasPages?: true;
}

export interface Operations {
${[...groups].map(([group, operations]) => `  ${group}: {\n${operations.map(signature).join('\n')}\n  };`).join('\n')}
}

export const OPERATIONS: Record<string, Record<string, Operation>> = {
${[...groups].map(([group, operations]) => `  ${group}: {\n${operations.map(row).join('\n')}\n  },`).join('\n')}
};
`;
}

function signature({ id, name, summary, ids, takes, isRequired, hasPages }) {
  const type = id
    .split('_')
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join('');
  const parameters = [
    ...ids.map((each) => `${each}: string`),
    ...(takes ? [`${takes}${isRequired ? '' : '?'}: T.${type}Data['${takes}']`] : []),
    'options?: CallOptions',
  ];
  const answer = hasPages ? `Pages<T.${type}Response['items'][number]>` : `Promise<T.${type}Response>`;
  return `    /** ${summary.replaceAll('*/', '* /')} */\n    ${name}(${parameters.join(', ')}): ${answer};`;
}

function row({ name, method, path, takes, hasKey, hasPages }) {
  const members = [
    `method: '${method}'`,
    `path: '${path}'`,
    ...(takes ? [`takes: '${takes}'`] : []),
    ...(hasKey ? ['hasKey: true'] : []),
    ...(hasPages ? ['hasPages: true'] : []),
  ];
  return `    ${name}: { ${members.join(', ')} },`;
}
