// A whole installation for experiments: api and worker over an embedded PostgreSQL in a temporary folder, on free
// ports of 127.0.0.1, without a rate limit, with an app that has one of everything. Uses Node's built-ins only.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localNode, root } from './setup.mjs';

/** Longest wait for the start, and for each step of a worker, ms. */
const WITHIN_MS = 120_000;
const STOPS_WITHIN_MS = 40_000;
/** The inherited variables of the shell's environment: a DATABASE_URL or a proxy must not reach it. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'CI'];

/** The app that has one of everything. */
export const APP = 'quiz';

/** An event type in the catalogue. */
const EVENT_TYPE = 'invoice.paid';
/** A subscription of it. */
const SUBSCRIPTION = 'invoices';
/** A source of it, with a target. */
const SOURCE = 'code';
const TARGET = 'builds';

/** A certificate and its key, as a client certificate. */
function clientCertificate() {
  const [certificate, key] = ['client', 'key'].map((name) =>
    readFileSync(join(root, 'libs', 'webhook-client', 'src', 'fixtures', `${name}.pem`), 'utf8'),
  );
  return { certificate, key };
}

/**
 * Starts it. The build must exist (`setup()`).
 * @returns `url`, `adminKey`, `call(method, path, body, key)`, `furnish()` and `stop()`; the end of this process stops
 * it, too
 */
export async function startTrial() {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-trial-'));
  // PostgreSQL runs as another user than root and must be able to enter the folder.
  chmodSync(folder, 0o755);
  const receiver = await startReceiver();
  const { freePort } = await import('../dist/apps/standalone/src/free-port.js');
  const port = await freePort();
  const child = spawn(
    localNode,
    ['--import', './scripts/follow-parent.mjs', 'dist/apps/standalone/src/main.js', '--no-demo'],
    {
      cwd: root,
      // A process group of its own, so that no process of it can be left over.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...Object.fromEntries(
          INHERITED.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
        ),
        BREAKWATER_DATA_DIR: join(folder, 'data'),
        API_HOST: '127.0.0.1',
        API_PORT: String(port),
        API_RATE_LIMIT_PER_MINUTE: '0',
        API_AUTH_FAILURES_PER_MINUTE: '0',
        API_SIGN_IN_FAILURES_PER_MINUTE: '0',
        OUTBOUND_ALLOW: `127.0.0.1:${receiver.port}`,
        OUTBOUND_ALLOW_HTTP: 'true',
        LOG_LEVEL: 'warn',
        SWEEP_INTERVAL: '500',
        ALERT_CHECK_INTERVAL: '1000',
      },
    },
  );
  let output = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const killGroup = () => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // No process is left.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', killGroup);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-100_000)));
  }
  const url = `http://127.0.0.1:${port}`;
  await until('the start', () => {
    if (child.exitCode !== null) throw new Error(`it ended before it was ready:\n${output}`);
    return output.includes('Breakwater is ready on ');
  });
  const adminKey = /First admin key: (\S+)/.exec(output)[1];

  const call = async (method, path, body, key = adminKey) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };

  return {
    url,
    adminKey,
    call,
    receiverUrl: receiver.url,
    output: () => output,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    furnish: () => furnish(call, receiver.url),
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(killGroup, STOPS_WITHIN_MS);
      await ended;
      clearTimeout(timer);
      killGroup();
      await receiver.stop();
    },
  };
}

/** The app's answers. The circuits of failing capabilities stay closed, except for `failing`. */
const never = { circuitBreaker: { failureThreshold: 1000 } };
const WEBHOOKS = {
  answer: { url: '/answer' },
  list: { url: '/list' },
  report: { url: '/report', async: true },
  later: { url: '/answer', async: true },
  broken: { url: '/gone', async: true, ...never },
  doubtful: { url: '/broken', fallback: { strategy: 'pending_approval' }, ...never },
  failing: { url: '/broken', fallback: { strategy: 'static', value: { sorry: true } } },
};

/** Registers the app if it is new or was deleted, and creates two of each kind of thing. */
async function furnish(call, receiverUrl) {
  const manifest = {
    name: 'Quiz night',
    ownerEmail: 'owner@quiz.example',
    baseUrl: receiverUrl,
    health: false,
    webhooks: WEBHOOKS,
  };
  await call('PUT', `/api/v1/admin/apps/${APP}/manifest`, manifest);
  await call('PATCH', `/api/v1/admin/apps/${APP}`, { status: 'active' });
  const invoke = (capability, body = { payload: { n: 1 } }) =>
    call('POST', `/api/v1/apps/${APP}/capabilities/${capability}/invoke`, body);
  const { deliveryId: delivered } = await invoke('report');
  for (let n = 0; n < DEAD_LETTERS; n++) await invoke('broken');
  for (let n = 0; n < 3; n++) await invoke('doubtful', { payload: {}, context: { roomId: 'blue' } });
  for (let n = 0; n < 6; n++) await invoke('failing');
  await call('POST', `/api/v1/admin/apps/${APP}/capabilities/later/pause`);
  const waiting = [];
  for (let n = 0; n < 3; n++) waiting.push((await invoke('later')).deliveryId);
  const rules = [];
  for (const name of ['Success of the quiz', 'Dead letters of the quiz', 'Another'])
    rules.push(
      await call('POST', '/api/v1/admin/alert-rules', {
        name,
        type: 'success_rate',
        appId: APP,
        threshold: 95,
      }),
    );
  // Of calls that failed, and not of a breaker, which recovers by itself: its alert lasts, whatever is called meanwhile.
  const calls = { name: 'Calls of the quiz', type: 'success_rate', appId: APP, threshold: 95, minSamples: 1 };
  const { id: lasting } = await call('POST', '/api/v1/admin/alert-rules', calls);
  await call('PUT', `/api/v1/admin/apps/${APP}/client-certificate`, clientCertificate());
  const subscriptions = `/api/v1/apps/${APP}/subscriptions`;
  const subscription = { name: SUBSCRIPTION, url: '/answer', events: ['invoice.*'] };
  // It is there already, unless the app is new.
  await call('GET', `${subscriptions}/${SUBSCRIPTION}`).catch(() =>
    call('POST', subscriptions, subscription),
  );
  const sources = `/api/v1/apps/${APP}/sources`;
  const source = {
    name: SOURCE,
    verification: { preset: 'github' },
    secret: 'of the trial',
    targets: [{ name: TARGET, url: '/answer' }],
  };
  const { url } = await call('GET', `${sources}/${SOURCE}`).catch(() => call('POST', sources, source));
  // It is not signed, so it is refused, and kept.
  await call('POST', new URL(url).pathname, {}).catch(() => undefined);
  await call('PUT', `/api/v1/event-types/${EVENT_TYPE}`, { description: 'A customer paid an invoice.' });
  const event = { appId: APP, type: EVENT_TYPE, payload: { total: 42 } };
  const { eventId } = await call('POST', '/api/v1/events', event);
  const runs = `/api/v1/apps/${APP}/conformance-runs`;
  const { id: run } = await call('POST', runs, { capability: 'answer' });
  const plan = { kind: 'resolve', filter: { appId: APP, capability: 'nothing' } };
  const operations = [];
  for (let n = 0; n < 2; n++) operations.push((await call('POST', '/api/v1/bulk-operations', plan)).id);
  const items = async (path) => (await call('GET', path)).items;
  await until(
    'a delivery',
    async () => (await call('GET', `/api/v1/deliveries/${delivered}`)).status === 'completed',
  );
  await until('dead letters', async () => {
    const { length } = await items(`/api/v1/admin/dlq?appId=${APP}&capability=broken`);
    return length >= DEAD_LETTERS;
  });
  await until('a notice', async () => (await items('/api/v1/admin/notifications')).length > 0);
  const firing = async () =>
    (await items(`/api/v1/admin/alerts?status=firing&appId=${APP}`)).filter(
      ({ ruleId }) => ruleId === lasting,
    );
  await until('an alert', async () => (await firing()).length > 0);
  const ids = (list) => list.map(({ id }) => id);
  const newKey = (name) => call('POST', '/api/v1/admin/api-keys', { name, scopes: ['app'], appId: APP });
  const key = await newKey('the app');
  return {
    appKey: key.key,
    spareKeyId: (await newKey('spare')).id,
    portalLinks: [(await call('POST', `/api/v1/admin/apps/${APP}/portal-links`, {})).id],
    delivered,
    waiting,
    rules: ids(rules),
    alerts: ids(await firing()),
    deadLetters: await items(`/api/v1/admin/dlq?appId=${APP}&capability=broken`),
    approvals: ids(await items(`/api/v1/admin/approvals?appId=${APP}`)),
    notifications: ids(await items('/api/v1/admin/notifications')),
    capabilities: Object.keys(WEBHOOKS),
    events: [eventId],
    eventTypes: [EVENT_TYPE],
    operations,
    conformanceRuns: [run],
    subscriptions: [SUBSCRIPTION],
    sources: [SOURCE],
    targets: [TARGET],
    captures: ids(await items(`${sources}/${SOURCE}/captures`)),
    certificate: clientCertificate(),
  };
}
const DEAD_LETTERS = 8;

/** An app that answers by its path. */
async function startReceiver() {
  const answers = {
    '/answer': [200, { success: true, data: { answer: 42 } }],
    '/list': [200, [1, 2]],
    '/gone': [422, { error: 'no' }],
    '/broken': [500, { error: 'broken' }],
  };
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url] ?? [200, {}];
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function until(what, isSo) {
  const startedMs = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedMs > WITHIN_MS)
      throw new Error(`${what} did not happen within ${WITHIN_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
