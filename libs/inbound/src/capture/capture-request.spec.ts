import { randomUUID } from 'node:crypto';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Telemetry } from '@breakwater/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceView } from '../sources/source-view.js';
import { Sources, type SourceToCreate } from '../sources/sources.service.js';
import type { ArrivedRequest } from './arrived-request.js';
import { InboundRequests } from './inbound-requests.service.js';

const owner = { name: 'owner', isPlatform: false };
const KEPT_PER_MINUTE = 3;
const KNOWN_FOR_S = 7_200;

/** Subscriptions to the events of a source: as many requests would create them. */
const SUBSCRIBE = `
WITH given AS MATERIALIZED (
  SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::integer) AS n
), made AS (
  INSERT INTO endpoints (id, app_id, capability, kind, async, url, timeout_ms, paused_at, paused_by)
  SELECT id, $1, 'endpoint:' || id, 'subscription', true, 'https://hooks.example/' || n, 1000, now(), 'test' FROM given
)
INSERT INTO subscriptions (endpoint_id, app_id, name, events, managed_by)
SELECT id, $1, 's' || n, ARRAY['inbound.*'], 'rest' FROM given`;

interface CaptureRow extends Record<string, unknown> {
  result: string;
  reason: string | null;
  event_id: string | null;
  dedupe_id: string | null;
  body: Buffer | null;
  headers: [string, string][] | null;
}

describe('a request to a source', () => {
  let world: EngineWorld;
  let requests: InboundRequests;
  let sources: Sources;
  let appId: string;
  beforeAll(async () => {
    world = await startWorld({
      redisUrl: null,
      consume: false,
      env: {
        INBOUND_REJECTED_PER_MINUTE: String(KEPT_PER_MINUTE),
        INBOUND_AT_ONCE: '2',
        INBOUND_DEDUPE_TTL: String(KNOWN_FOR_S * 1000),
      },
    });
    requests = world.engine.get(InboundRequests);
    sources = world.engine.get(Sources);
    ({ appId } = await world.register({}));
  });
  afterAll(() => world.stop());

  const sourceOf = async (more: Partial<SourceToCreate> = {}, app = appId): Promise<SourceView> => {
    const request = {
      name: `s${randomUUID()}`.slice(0, 30),
      verification: { preset: 'none' },
      dedupeId: { header: 'x-id' },
      generateSecret: false,
      paused: false,
      targets: [{ name: 'main', url: `${world.receiver.url}/hooks` }],
      ...more,
    };
    return (await sources.create(app, request, owner)).source;
  };
  const keyOf = ({ url }: SourceView): string => url!.slice(url!.lastIndexOf('/') + 1);
  const send = async (source: SourceView, id: string | null, more: Partial<ArrivedRequest> = {}) => {
    const address = await requests.find(keyOf(source));
    return requests.capture(address, {
      method: 'POST',
      path: '',
      query: '',
      headers: id === null ? [] : [['X-Id', id]],
      body: Buffer.from('{"n":1}'),
      remoteAddress: '192.0.2.1',
      requestId: 'r',
      traceParent: null,
      ...more,
    });
  };
  const idOf = ({ body }: { body: Buffer }): string => (JSON.parse(body.toString()) as { id: string }).id;
  const captures = ({ id }: SourceView): Promise<CaptureRow[]> =>
    world.rows<CaptureRow>('SELECT * FROM captures WHERE source_id = $1 ORDER BY id', id);
  const events = ({ id }: SourceView) =>
    world.rows<{ id: string; deliveries: number; fan_out_at: Date | null }>(
      'SELECT id, deliveries, fan_out_at FROM events WHERE source_id = $1 ORDER BY id',
      id,
    );
  const deliveries = async ({ id }: SourceView): Promise<number> =>
    (
      await world.rows(
        'SELECT 1 FROM deliveries d JOIN events v ON v.id = d.event_id WHERE v.source_id = $1',
        id,
      )
    ).length;

  describe('with the id of its provider', () => {
    it('is one event with all its repeats, and every request is kept', async () => {
      const source = await sourceOf();
      const [first, again] = [await send(source, 'a'), await send(source, 'a')];
      const other = await send(source, 'b');
      expect(idOf(again)).toBe(idOf(first));
      expect(idOf(other)).not.toBe(idOf(first));
      const kept = (await captures(source)).map(({ result, event_id, dedupe_id }) => [
        result,
        event_id,
        dedupe_id,
      ]);
      expect(kept).toEqual([
        ['accepted', idOf(first), 'a'],
        ['duplicate', idOf(first), 'a'],
        ['accepted', idOf(other), 'b'],
      ]);
      const [accepted, duplicate] = await captures(source);
      expect([accepted!.body, accepted!.headers]).toEqual([null, null]);
      expect([duplicate!.body?.toString(), duplicate!.headers]).toEqual(['{"n":1}', [['X-Id', 'a']]]);
      expect(await deliveries(source)).toBe(2);
    });

    it('is one event if it comes many times at once', async () => {
      const source = await sourceOf();
      const ids = (await Promise.all(Array.from({ length: 20 }, () => send(source, 'a')))).map(idOf);
      expect(new Set(ids).size).toBe(1);
      expect(await events(source)).toMatchObject([{ id: ids[0], deliveries: 1 }]);
      expect((await captures(source)).map(({ result }) => result).toSorted()).toEqual([
        'accepted',
        ...Array.from({ length: 19 }, () => 'duplicate'),
      ]);
    });

    it('is a repeat for as long as INBOUND_DEDUPE_TTL says', async () => {
      const source = await sourceOf();
      await send(source, 'a');
      const known = await world.rows(
        `SELECT round(extract(epoch FROM k.expires_at - v.created_at))::integer AS seconds
         FROM event_keys k JOIN events v ON v.id = k.event_id WHERE k.scope = $1`,
        `source:${source.id}`,
      );
      expect(known).toEqual([{ seconds: KNOWN_FOR_S }]);
    });

    it('is another event when the id has expired, also if it comes many times at once', async () => {
      const source = await sourceOf();
      const first = await send(source, 'a');
      await world.rows('UPDATE event_keys SET expires_at = now() WHERE scope = $1', `source:${source.id}`);
      const ids = (await Promise.all(Array.from({ length: 10 }, () => send(source, 'a')))).map(idOf);
      expect(new Set(ids).size).toBe(1);
      expect(ids[0]).not.toBe(idOf(first));
      expect(await events(source)).toHaveLength(2);
    });

    it('has it for itself: another source, and an event that is published, may have the same', async () => {
      const [one, other] = [await sourceOf(), await sourceOf()];
      await world.rows(
        `INSERT INTO event_keys (scope, key, digest, event_id, expires_at) VALUES ($1, 'a', '', gen_random_uuid(), now() + interval '1 h')`,
        appId,
      );
      expect(idOf(await send(one, 'a'))).not.toBe(idOf(await send(other, 'a')));
    });

    it('without one is an event each time', async () => {
      const source = await sourceOf();
      expect(idOf(await send(source, null))).not.toBe(idOf(await send(source, null)));
    });
  });

  describe('that is not verified', () => {
    it('is kept as rejected with its bytes, takes no id, and is not forwarded', async () => {
      const source = await sourceOf({
        verification: { preset: 'gitlab-token' },
        secret: 'right',
        dedupeId: { header: 'x-id' },
      });
      const wrong = send(source, 'a', {
        headers: [
          ['X-Id', 'a'],
          ['X-Gitlab-Token', 'wrong'],
        ],
      });
      await expect(wrong).rejects.toMatchObject({
        code: 'CAPTURE_REJECTED',
        problems: [{ rule: 'signature_mismatch' }],
      });
      expect(await captures(source)).toMatchObject([
        {
          result: 'rejected',
          reason: 'signature_mismatch',
          event_id: null,
          dedupe_id: null,
          body: Buffer.from('{"n":1}'),
        },
      ]);
      expect(await events(source)).toEqual([]);
      const right = await send(source, 'a', {
        headers: [
          ['X-Id', 'a'],
          ['X-Gitlab-Token', 'right'],
        ],
      });
      expect(right.status).toBe(200);
      expect(await deliveries(source)).toBe(1);
    });

    it('is stored up to a number in a minute; more are counted only', async () => {
      const source = await sourceOf({ verification: { preset: 'gitlab-token' }, secret: 'right' });
      const scraped = async (): Promise<number> => {
        const { text } = await world.engine.get(Telemetry).scrape();
        return Number(/webhook_captures_total\{result="rejected"\} (\d+)/.exec(text)![1]);
      };
      const before = await scraped();
      for (let n = 0; n < KEPT_PER_MINUTE + 2; n++)
        await expect(send(source, null)).rejects.toMatchObject({ code: 'CAPTURE_REJECTED' });
      expect(await captures(source)).toHaveLength(KEPT_PER_MINUTE);
      expect((await scraped()) - before).toBe(KEPT_PER_MINUTE + 2);
    });
  });

  describe('of a paused source', () => {
    it('is held, also if this process does not know of the pause yet', async () => {
      const source = await sourceOf();
      expect((await send(source, null)).status).toBe(200);
      await world.rows('UPDATE sources SET paused_at = now() WHERE id = $1', source.id);
      const held = await send(source, null);
      expect(held.status).toBe(202);
      const [, waiting] = await events(source);
      expect(waiting).toMatchObject({ id: idOf(held), deliveries: 0 });
      expect(await deliveries(source)).toBe(1);
    });

    it('is not held if it was resumed, also if this process does not know yet', async () => {
      const source = await sourceOf({ paused: true });
      expect((await send(source, null)).status).toBe(202);
      await world.rows('UPDATE sources SET paused_at = NULL WHERE id = $1', source.id);
      expect((await send(source, null)).status).toBe(200);
      await eventually(async () => (await deliveries(source)) === 2, { limitMs: 30_000, what: 'released' });
    });

    it('is delivered whatever happens between its capture and the resume', async () => {
      const source = await sourceOf({ paused: true });
      const sending = Array.from({ length: 20 }, () => send(source, null));
      await sources.resume(appId, source.name, owner);
      const answers = await Promise.all(sending);
      expect(answers.every(({ status }) => status === 200 || status === 202)).toBe(true);
      await eventually(async () => (await deliveries(source)) === 20, {
        limitMs: 30_000,
        what: 'all released',
      });
    });
  });

  it('reaches a subscription that this process does not know yet', async () => {
    const source = await sourceOf();
    await send(source, null);
    await world.rows(SUBSCRIBE, appId, 1);
    await send(source, null);
    expect((await events(source)).map((event) => event.deliveries)).toEqual([1, 2]);
  });

  it('with more than 1,000 subscriptions is continued by a worker', async () => {
    const { appId: large } = await world.register({});
    await world.rows(SUBSCRIBE, large, 1_001);
    const source = await sourceOf({}, large);
    await send(source, null);
    await eventually(async () => (await deliveries(source)) === 1_002, {
      limitMs: 60_000,
      what: 'all deliveries',
    });
    expect(await events(source)).toMatchObject([{ deliveries: 1_002, fan_out_at: null }]);
  });

  it('has a place among a number at once, and its source not those of others', async () => {
    const [one, other] = [await sourceOf(), await sourceOf()];
    const address = await requests.find(keyOf(one));
    const places = [requests.enter(address), requests.enter(address)];
    expect(() => requests.enter(address)).toThrowError(
      expect.objectContaining({ code: 'CAPTURES_FULL', retryAfterS: 1 }),
    );
    requests.enter(await requests.find(keyOf(other))).leave();
    for (const place of places) place.leave();
    requests.enter(address).leave();
  });

  it('to an address that no source has is not found', async () => {
    for (const key of ['', 'x', '0'.repeat(40)])
      await expect(requests.find(key)).rejects.toMatchObject({ code: 'SOURCE_ADDRESS_UNKNOWN' });
  });

  it('shows a secret in its query to no filter', async () => {
    const scheme = { kind: 'shared', value: { query: 'token' } };
    const source = await sourceOf({ verification: { scheme }, secret: 'right' });
    await send(source, null, { query: 'a=1&token=right' });
    const rows = await world.rows('SELECT metadata, request FROM events WHERE source_id = $1', source.id);
    expect(rows).toMatchObject([
      { metadata: { query: 'a=1&token=***' }, request: { query: 'a=1&token=right' } },
    ]);
  });

  it('has the answer of its source', async () => {
    const source = await sourceOf({ answer: { status: 202, contentType: 'text/xml', body: '<ok/>' } });
    const answer = await send(source, null);
    expect([answer.status, answer.headers['content-type'], answer.body.toString()]).toEqual([
      202,
      'text/xml',
      '<ok/>',
    ]);
  });
});
