// The calls that docs/openapi.json documents, as text of a TypeScript program: each operation once for each example of
// its body, with the paths of an installation as scripts/trial.mjs creates it.

/** They remove what others need. */
const LAST = [
  'sources_remove',
  'subscriptions_remove',
  'eventtypes_remove',
  'clientcertificates_remove',
  'apps_remove',
];

/**
 * @param document docs/openapi.json
 * @param facts result of `furnish()`
 */
export function programOf(document, facts) {
  const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      ...operation,
    })),
  );
  const ordered = [
    ...operations.filter(({ operationId }) => !LAST.includes(operationId)),
    ...operations.filter(({ operationId }) => LAST.includes(operationId)),
  ];
  const places = placesOf(facts);
  // The examples of a certificate and of a key are shortened or made up.
  const bodies = { clientcertificates_put: facts.certificate, session_create: { key: facts.appKey } };
  const calls = ordered.flatMap(({ path, method, operationId, parameters = [], requestBody }) => {
    const examples = Object.entries(requestBody?.content['application/json'].examples ?? { '': null });
    return examples.map(([name, example]) => {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const known = inPath.map((parameter) => [parameter.name, places(operationId, parameter.name, name)]);
      const options = [
        ...(operationId === 'search_find' ? ["params: { query: { q: 'quiz' } }"] : []),
        ...(known.length > 0 ? [`params: { path: ${JSON.stringify(Object.fromEntries(known))} }`] : []),
        ...(example ? [`body: ${JSON.stringify(bodies[operationId] ?? example.value)}`] : []),
      ];
      const call = `client.${method}(${JSON.stringify(path)}, { ${options.join(', ')} })`;
      return `  [${JSON.stringify(operationId)}, ${JSON.stringify(name)}, () => ${call}],`;
    });
  });
  return `${HEAD}\nconst calls: Call[] = [\n${calls.join('\n')}\n];\n${TAIL}`;
}

/** Returns the value of a path parameter; a version is a number, all others are text. */
function placesOf(facts) {
  const { delivered, waiting, deadLetters, rules, approvals, notifications, spareKeyId } = facts;
  const dead = deadLetters.map(({ id }) => id);
  const ids = {
    deliveries_get: delivered,
    deliveries_redeliver: delivered,
    deliveries_cancel: waiting[0],
    keys_revoke: spareKeyId,
    portallinks_revoke: facts.portalLinks[0],
    conformanceruns_get: facts.conformanceRuns[0],
    deadletters_get: dead[0],
    deadletters_remove: dead[1],
    deadletters_retry: dead[2],
    deadletters_resolve: dead[3],
    deadletters_note: dead[3],
    statistics_retryFailed: dead[4],
    notifications_get: notifications[0],
    alertrules_remove: rules[1],
    alerts_get: facts.alerts[0],
    alerts_acknowledge: facts.alerts[0],
    sourcecaptures_get: facts.captures[0],
    webhooks_retry: dead[5],
    events_get: facts.events[0],
    replay_replay: facts.events[0],
    bulkoperations_get: facts.operations[0],
    bulkoperations_items: facts.operations[0],
    bulkoperations_run: facts.operations[0],
    bulkoperations_cancel: facts.operations[1],
  };
  const capabilities = {
    question: 'answer',
    list: 'list',
    participants: 'failing',
    breakers_get: 'failing',
    breakers_reset: 'failing',
    breakers_force: 'list',
    breakers_automatic: 'list',
  };
  return (operationId, parameter, example) => {
    if (parameter === 'version') return 1;
    if (parameter === 'type') return facts.eventTypes[0];
    if (parameter === 'name') return facts.subscriptions[0];
    if (parameter === 'source') return facts.sources[0];
    if (parameter === 'target') return facts.targets[0];
    if (parameter === 'capability') return capabilities[example] ?? capabilities[operationId] ?? 'answer';
    if (parameter === 'appId')
      return ['apps_register', 'apphealth_check', 'apps_remove'].includes(operationId) ? 'example' : 'quiz';
    if (operationId === 'approvals_resolve') return approvals[example === 'rejected' ? 1 : 0];
    if (operationId.startsWith('approvals_')) return approvals[0];
    return ids[operationId] ?? rules[0];
  };
}

const HEAD = `import createClient from 'openapi-fetch';
import type { paths } from './api.js';

declare const process: { env: Record<string, string> };
type Call = [operationId: string, example: string, () => Promise<{ response: Response; data?: unknown; error?: unknown }>];
const client = createClient<paths>({
  baseUrl: process.env['BREAKWATER_URL']!,
  headers: { authorization: \`Bearer \${process.env['BREAKWATER_API_KEY']}\` },
});
`;
const TAIL = `
const answers = [];
for (const [operationId, example, call] of calls) {
  const { response, data, error } = await call();
  const type = response.headers.get('content-type');
  answers.push({ operationId, example, status: response.status, type, body: data ?? error });
}
console.log(JSON.stringify(answers));
`;
