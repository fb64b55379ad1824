import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { authority, Balancer, missingBalancers, type BalancerName } from '../support/balancers.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { makeSource } from '../support/sources.js';
import { Watcher } from '../support/watcher.js';

const NAMES: BalancerName[] = ['nginx', 'haproxy'];
const DRAIN_NOTICE_MS = 5_000;
/** Nothing is in progress: beyond the notice a stop takes no longer than this, also on a slow machine. */
const STOPS_WITHIN_MS = 10_000;
const FAILURES = 20;
const PAUSE_MS = 60;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  json: any; // eslint-disable-line typescript/no-explicit-any -- as in support/http.ts
}
interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  agent?: Agent;
}

/** From an address of its own: the balancers see which. */
function agentFrom(localAddress: string, { keepAlive = false } = {}): Agent {
  return new Agent({ ca: authority, localAddress, keepAlive, maxSockets: 1 });
}

function ask(url: string, { method = 'GET', headers = {}, body, agent }: Asking): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
    const outgoing = request(
      url,
      { method, headers: all, agent: agent ?? agentFrom('127.0.0.1') },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', reject);
        answer.on('end', () => {
          const isJson = String(answer.headers['content-type']).includes('json');
          resolve({
            status: answer.statusCode!,
            headers: answer.headers,
            json: isJson ? JSON.parse(text) : null,
          });
        });
      },
    );
    outgoing.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

describe.skipIf(missingBalancers.length > 0)(
  `two apis behind nginx and HAProxy${missingBalancers.length > 0 ? ` (missing: ${missingBalancers.join(', ')})` : ''}`,
  { timeout: rounds(120_000, 600_000) },
  () => {
    let platform: Platform;
    let ports: number[];
    let apis: Role[];
    const balancers = {} as Record<BalancerName, Balancer>;

    beforeAll(async () => {
      platform = await Platform.start({
        env: {
          API_TRUSTED_PROXIES: '127.0.0.1',
          API_AUTH_FAILURES_PER_MINUTE: String(FAILURES),
          DRAIN_NOTICE: `${DRAIN_NOTICE_MS}ms`,
        },
      });
      ports = [await freePort(), await freePort()];
      [apis] = await Promise.all([
        Promise.all(ports.map((port) => platform.api({ API_PORT: String(port) }))),
        ...NAMES.map(async (name) => void (balancers[name] = await Balancer.start(name, ports))),
      ]);
      for (const name of NAMES) await platform.register(apis[0]!, { report: { async: true } }, name);
    }, 60_000);
    afterAll(async () => {
      await Promise.all(Object.values(balancers).map((each) => each.stop()));
      await platform?.stop();
    });

    const authorization = (): Record<string, string> => ({ authorization: `Bearer ${platform.adminKey}` });

    describe.each(NAMES)('%s', (name) => {
      const url = (path: string): string => `${balancers[name].url}${path}`;

      it('is trusted with the addresses of its clients: one that fails too often locks out only itself', async () => {
        const [bad, good] = name === 'nginx' ? ['127.0.0.2', '127.0.0.3'] : ['127.0.0.4', '127.0.0.5'];
        const agent = agentFrom(bad, { keepAlive: true });
        const fail = async (number: number): Promise<number> => {
          const headers = { 'x-forwarded-for': `198.51.100.${number}` };
          return (await ask(url('/api/v1/deliveries'), { headers, agent })).status;
        };
        const statuses: number[] = [];
        for (let number = 0; number < 3 * FAILURES; number++) statuses.push(await fail(number));
        expect(new Set(statuses)).toEqual(new Set([401, 429]));
        expect(statuses.slice(-FAILURES)).toEqual(Array(FAILURES).fill(429));
        const other = await ask(url('/api/v1/deliveries'), { agent: agentFrom(good) });
        expect(other.status).toBe(401);
        const valid = await ask(url('/api/v1/deliveries'), { headers: authorization(), agent });
        expect(valid.status).toBe(200);
        agent.destroy();
      });

      it('passes on what a provider sent, with its address', async () => {
        const source = await makeSource(platform, apis[0]!, { appId: name, name: 'provider' });
        const agent = agentFrom('127.0.0.6');
        const headers = { X_Under_Score: 'a', 'x-forwarded-for': '198.51.100.1' };
        const answer = await ask(url(`${source.path}/a%2Fb//c?d=%7E`), {
          method: 'POST',
          headers,
          body: {},
          agent,
        });
        expect(answer.status).toBe(200);
        const [capture] = await platform.rows<{ address: string; path: string; headers: [string, string][] }>(
          `SELECT c.remote_address AS address, c.path, e.request -> 'headers' AS headers
           FROM captures c JOIN events e ON e.id = c.event_id WHERE c.source_id = $1`,
          source.id,
        );
        expect(capture).toMatchObject({ address: '127.0.0.6', path: '/a%2Fb//c' });
        const names = capture!.headers.map(([key]) => key.toLowerCase());
        expect(names).toContain('x_under_score');
        expect(balancers[name].log).not.toContain(source.path);
      });

      it('lets people sign in at a page of its own', async () => {
        const { origin } = new URL(url('/'));
        const signIn = (from: string): Promise<Answer> =>
          ask(url('/api/v1/session'), {
            method: 'POST',
            headers: { origin: from },
            body: { key: platform.adminKey },
          });
        const { status, headers } = await signIn(origin);
        expect({ status, cookie: String(headers['set-cookie']) }).toEqual({
          status: 201,
          cookie: expect.stringMatching(/; Secure$/) as string,
        });
        expect((await signIn('https://evil.example')).status).toBe(403);
      });
    });

    it('restarted in turn answer every request with 2xx, do each once, and the feed misses nothing', async () => {
      const work = new AbortController();
      onTestFinished(() => work.abort());
      const failures: string[] = [];
      const accepted: Record<string, string[]> = { nginx: [], haproxy: [] };

      /** Requests one after the other until the end, on one connection or each on its own. */
      const keepAsking = async (
        name: BalancerName,
        method: 'GET' | 'POST',
        keepAlive: boolean,
      ): Promise<void> => {
        const agent = agentFrom('127.0.0.7', { keepAlive });
        const path =
          method === 'GET'
            ? `/api/v1/deliveries?limit=1&appId=${name}`
            : `/api/v1/apps/${name}/capabilities/report/invoke`;
        const body = method === 'GET' ? undefined : { payload: {} };
        while (!work.signal.aborted) {
          const asked = new Date().toISOString();
          try {
            const { status, json } = await ask(balancers[name].url + path, {
              method,
              headers: authorization(),
              body,
              agent,
            });
            if (status < 200 || status > 299)
              failures.push(`${asked} ${name} ${method} ${keepAlive}: ${status} ${JSON.stringify(json)}`);
            else if (method === 'POST') accepted[name]!.push(json.deliveryId as string);
          } catch (error) {
            failures.push(`${asked} ${name} ${method} ${keepAlive}: ${(error as Error).message}`);
          }
          await delay(PAUSE_MS);
        }
        agent.destroy();
      };
      const watchers = await Promise.all(
        NAMES.map(async (name) => {
          const watcher = new Watcher(platform.adminKey, { appId: name }, authority);
          await watcher.connect(balancers[name]);
          return watcher;
        }),
      );
      const keepWatching = async (watcher: Watcher, name: BalancerName): Promise<void> => {
        while (!work.signal.aborted) {
          if (!watcher.socket?.connected) await watcher.connect(balancers[name]).catch(() => undefined);
          await delay(PAUSE_MS);
        }
      };
      const busy = NAMES.flatMap((name, index) => [
        ...[true, true, true, false, false].map((keepAlive) => keepAsking(name, 'POST', keepAlive)),
        ...[true, false].map((keepAlive) => keepAsking(name, 'GET', keepAlive)),
        keepWatching(watchers[index]!, name),
      ]);

      for (let round = 0; round < rounds(1, 5); round++) {
        for (const [index, port] of ports.entries()) {
          const { code, afterMs } = await apis[index]!.stop('SIGTERM');
          expect({ code, isPrompt: afterMs < DRAIN_NOTICE_MS + STOPS_WITHIN_MS }).toEqual({
            code: 0,
            isPrompt: true,
          });
          apis[index] = await platform.api({ API_PORT: String(port) });
          const before = NAMES.map((name) => balancers[name].successesOf(index));
          const areUsing = (): boolean =>
            NAMES.every((name, at) => balancers[name].successesOf(index) > before[at]!);
          await eventually(areUsing, { everyMs: 100, what: 'both balancers use it again' });
        }
      }
      work.abort();
      await Promise.all(busy);
      expect(failures.slice(0, 20), NAMES.map((name) => balancers[name].trouble).join('\n')).toEqual([]);

      for (const [index, name] of NAMES.entries()) {
        const ids = accepted[name]!.toSorted();
        expect(ids.length).toBeGreaterThan(100);
        const stored = await platform.rows<{ id: string }>(
          'SELECT id FROM deliveries WHERE app_id = $1',
          name,
        );
        expect(stored.map(({ id }) => id).toSorted()).toEqual(ids);
        const watcher = watchers[index]!;
        await watcher.connect(balancers[name]);
        const received = (): string[] =>
          watcher.items.filter(({ status }) => status === 'received').map(({ id }) => id);
        await eventually(() => received().length >= ids.length, { what: 'the feed has shown all' });
        expect(received().toSorted()).toEqual(ids);
        expect({ gaps: watcher.gaps, dropped: watcher.dropped }).toEqual({ gaps: [], dropped: [] });
        watcher.disconnect();
      }
    });
  },
);
