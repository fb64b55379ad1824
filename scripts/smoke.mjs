// `npm run smoke -- URL KEY`: checks a deployment, from its API to its workers. KEY is an admin key. Creates an app of
// its own with URLs that lead nowhere, and deletes it at the end. Calls nobody. Runs on any Node from 20 on.
import { randomBytes } from 'node:crypto';

const [url = process.env.BREAKWATER_URL, key = process.env.BREAKWATER_API_KEY] = process.argv.slice(2);
if (!url || !key || !URL.canParse(url)) {
  console.error(
    'usage: npm run smoke -- URL KEY    (an admin key; or BREAKWATER_URL and BREAKWATER_API_KEY)',
  );
  process.exit(2);
}

/** Longest wait for a worker to claim a delivery, ms. */
const WORKER_WITHIN_MS = 60_000;
const base = url.replace(/\/+$/, '');
const app = `smoke-${randomBytes(6).toString('hex')}`;
const manifest = {
  name: 'Smoke test',
  ownerEmail: 'smoke-test@example.com',
  // RFC 2606: a name that never resolves, so nothing is called.
  baseUrl: 'https://breakwater-smoke-test.invalid',
  webhooks: {
    ask: { url: '/ask', timeout: 2000, fallback: { strategy: 'static', value: { from: 'fallback' } } },
    hand_over: { url: '/hand-over', async: true },
  },
};

async function call(method, path, body, authorization = `Bearer ${key}`) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(authorization ? { authorization } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  try {
    return { status: response.status, json: text === '' ? null : JSON.parse(text) };
  } catch {
    throw new Error(
      `${method} ${path} did not answer with JSON (status ${response.status}): is ${base} a Breakwater?`,
    );
  }
}

function expectStatus({ status, json }, wanted) {
  if (status !== wanted) {
    throw new Error(`status ${status} instead of ${wanted}: ${json?.detail ?? JSON.stringify(json)}`);
  }
}

/** @type {[string, () => Promise<string | void>][]} */
const steps = [
  ['the process is alive', async () => expectStatus(await call('GET', '/healthz', undefined, null), 200)],
  [
    'it may get traffic',
    async () => {
      const answer = await call('GET', '/readyz', undefined, null);
      const parts = Object.entries(answer.json.details ?? answer.json.info ?? {});
      const bad = parts.filter(([, { status }]) => status !== 'up');
      if (bad.length > 0) throw new Error(bad.map(([name, part]) => `${name}: ${part.detail}`).join('; '));
      expectStatus(answer, 200);
      return parts.map(([name]) => name).join(', ');
    },
  ],
  [
    'a request without a key is refused',
    async () => expectStatus(await call('GET', '/api/v1/admin/apps', undefined, null), 401),
  ],
  [
    'the key is an admin key',
    async () => {
      const answer = await call('GET', '/api/v1/admin/webhook-health');
      expectStatus(answer, 200);
      const reasons = answer.json.reasons.map(({ message }) => message).join('; ');
      return `${answer.json.status}${reasons ? `: ${reasons}` : ''}`;
    },
  ],
  [
    'an app can be registered',
    async () => expectStatus(await call('PUT', `/api/v1/admin/apps/${app}/manifest`, manifest), 200),
  ],
  [
    'a call that the app cannot answer gets its fallback',
    async () => {
      const answer = await call('POST', `/api/v1/apps/${app}/capabilities/ask/invoke`, { payload: {} });
      expectStatus(answer, 200);
      if (answer.json.data?.from !== 'fallback')
        throw new Error(`it answered ${JSON.stringify(answer.json)}`);
      return `reason ${answer.json.reason}, ${answer.json.durationMs} ms`;
    },
  ],
  [
    'a worker attempts an accepted delivery',
    async () => {
      const path = `/api/v1/apps/${app}/capabilities/hand_over/invoke`;
      const accepted = await call('POST', path, { payload: {} });
      expectStatus(accepted, 202);
      const startedMs = Date.now();
      while (Date.now() - startedMs < WORKER_WITHIN_MS) {
        const { json } = await call('GET', `/api/v1/deliveries/${accepted.json.deliveryId}`);
        if (json.attempts > 0) return `first attempt after ${Date.now() - startedMs} ms`;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      throw new Error(`no attempt within ${WORKER_WITHIN_MS / 1000} s: does a worker run?`);
    },
  ],
];

let failed = 0;
let isMade = false;
for (const [what, step] of steps) {
  try {
    const found = await step();
    console.log(`ok      ${what}${found ? ` (${found})` : ''}`);
    isMade ||= what.includes('registered');
  } catch (error) {
    failed++;
    const cause = error.cause ? ` (${error.cause.code ?? error.cause.message})` : '';
    console.log(`FAILED  ${what}: ${error.message}${cause}`);
    // Without an API or a key, later steps would only fail in the same way.
    if (!isMade) break;
  }
}
if (isMade) {
  const { status } = await call('DELETE', `/api/v1/admin/apps/${app}?force=true`);
  if (status >= 300) console.log(`the app ${app} could not be deleted (status ${status}); delete it by hand`);
}
console.log(failed === 0 ? 'smoke test passed' : 'smoke test failed');
process.exitCode = failed === 0 ? 0 : 1;
