import { randomUUID } from 'node:crypto';
import { sign, verify } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { gitHubEvents, type GitHubEvent } from '@breakwater/testing/github-events.js';
import type { ReceivedCall } from '@breakwater/testing/receiver.js';
import type { Answer } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { makeSource, type TestSource } from '../support/sources.js';

const APP = 'shop';
const SECRET = 'It’s a secret to everybody';
const AT_ONCE = 10;

let platform: Platform;
let api: Role;
let source: TestSource;
let signingSecret: string;

beforeAll(async () => {
  platform = await Platform.start();
  [api] = await Promise.all([platform.api(), platform.worker()]);
  const registered = await platform.client(api).put(`/api/v1/admin/apps/${APP}/manifest`, {
    name: 'Shop',
    ownerEmail: 'owner@example.com',
    baseUrl: platform.receiver.url,
    webhooks: {},
  });
  signingSecret = registered.json.signingSecret as string;
  source = await makeSource(platform, api, {
    appId: APP,
    name: 'github',
    verification: { preset: 'github' },
    secret: SECRET,
    targets: { ci: '/github' },
  });
});

afterAll(async () => platform?.stop());

/** A webhook as GitHub sends it. */
async function deliver(event: GitHubEvent, change: Record<string, string> = {}): Promise<Answer> {
  const headers = {
    'user-agent': 'GitHub-Hookshot/044aadd',
    'content-type': 'application/json',
    'x-github-event': event.type.split('.')[1]!,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': await sign(SECRET, event.body.toString()),
    ...change,
  };
  return platform.client(api, '').post(source.path, event.body, { headers });
}

const headerOf = ({ headers }: ReceivedCall, name: string): string => String(headers[name]);

describe('webhooks of GitHub', () => {
  const events = gitHubEvents();

  it('arrive at the target, all of them, as GitHub signed them, and signed by us', async () => {
    const waiting = [...events];
    const ids = new Set<string>();
    const send = async (): Promise<void> => {
      for (let event = waiting.pop(); event; event = waiting.pop()) {
        const answer = await deliver(event);
        expect(answer.status, answer.text).toBe(200);
        ids.add(answer.json.id as string);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    expect(ids.size).toBe(events.length);
    const arrived = () => platform.receiver.callsTo('/github');
    await eventually(() => arrived().length >= events.length, {
      limitMs: 120_000,
      what: 'all at the target',
    });
    expect(arrived()).toHaveLength(events.length);
    const bodies = new Set(events.map(({ body }) => body.toString()));
    const ours = new Webhook(signingSecret);
    for (const call of arrived()) {
      const text = call.body.toString();
      expect(bodies.has(text)).toBe(true);
      expect(await verify(SECRET, text, headerOf(call, 'x-hub-signature-256'))).toBe(true);
      const signed = {
        'webhook-id': headerOf(call, 'breakwater-id'),
        'webhook-timestamp': headerOf(call, 'breakwater-timestamp'),
        'webhook-signature': headerOf(call, 'breakwater-signature'),
      };
      expect(() => ours.verify(call.body, signed)).not.toThrow();
      expect(call.headers['user-agent']).toBe('GitHub-Hookshot/044aadd');
    }
  }, 180_000);

  it('that are repeated are one event, and both requests are kept', async () => {
    const id = randomUUID();
    const [first, second] = [
      await deliver(events[0]!, { 'x-github-delivery': id }),
      await deliver(events[0]!, { 'x-github-delivery': id }),
    ];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.json).toEqual(first.json);
    const kept = await platform.rows(
      'SELECT result, event_id FROM captures WHERE dedupe_id = $1 ORDER BY id',
      id,
    );
    expect(kept).toEqual([
      { result: 'accepted', event_id: first.json.id },
      { result: 'duplicate', event_id: first.json.id },
    ]);
  });

  it('that somebody else signed are kept as rejected, not forwarded, and answered with the step that failed', async () => {
    const id = randomUUID();
    const before = platform.receiver.calls.length;
    const forged = await sign('another secret', events[1]!.body.toString());
    const answer = await deliver(events[1]!, { 'x-github-delivery': id, 'x-hub-signature-256': forged });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({
      code: 'CAPTURE_REJECTED',
      problems: [{ rule: 'signature_mismatch', message: expect.stringMatching(/^\S.*\.$/) }],
    });
    expect(answer.text).not.toContain(SECRET);
    const kept = await platform.rows<{ reason: string; event_id: null; body: Buffer }>(
      `SELECT reason, event_id, body FROM captures WHERE result = 'rejected'`,
    );
    expect(kept).toEqual([{ reason: 'signature_mismatch', event_id: null, body: events[1]!.body }]);
    // A rejected request takes no id: the provider's own one is accepted.
    const real = await deliver(events[1]!, { 'x-github-delivery': id });
    expect(real.status, real.text).toBe(200);
    await eventually(() => platform.receiver.calls.length === before + 1, { what: 'the real one' });
  });
});
