import { newId } from '@breakwater/platform';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sources } from '../sources/sources.service.js';
import { Captures } from './captures.service.js';

const owner = { name: 'owner', isPlatform: false };

describe('captured requests', () => {
  let world: EngineWorld;
  let captures: Captures;
  let appId: string;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null, consume: false, sweep: false });
    captures = world.engine.get(Captures);
    ({ appId } = await world.register({}));
  });
  afterAll(() => world.stop());

  async function source(name: string, verification: object = { preset: 'github' }): Promise<string> {
    const request = { name, verification, generateSecret: false, paused: false };
    return (await world.engine.get(Sources).create(appId, request, owner)).source.id;
  }

  async function capture(sourceId: string, more: object): Promise<string> {
    const row = {
      id: newId(),
      source_id: sourceId,
      app_id: appId,
      method: 'POST',
      path: '/a/b',
      query: 'x=1',
      request_id: newId(),
      body_bytes: 4,
      ...more,
    };
    const columns = Object.keys(row);
    const places = columns.map((_, at) => `$${at + 1}`);
    await world.rows(
      `INSERT INTO captures (${columns.join(', ')}) VALUES (${places.join(', ')})`,
      ...Object.values(row),
    );
    return row.id;
  }

  /** An accepted request, with its event. */
  async function accepted(sourceId: string): Promise<{ id: string; eventId: string }> {
    const eventId = newId();
    const request = { method: 'POST', path: '/a/b', query: 'x=1', headers: [['X-GitHub-Event', 'push']] };
    await world.rows(
      `INSERT INTO events (id, app_id, type, body, content_type, request_id, directory_version, source_id, request)
       VALUES ($1, $2, 'inbound.x', $3, 'application/json', $1::uuid::text, 0, $4, $5)`,
      eventId,
      appId,
      Buffer.from('{"a":1}'),
      sourceId,
      JSON.stringify(request),
    );
    return { id: await capture(sourceId, { result: 'accepted', event_id: eventId }), eventId };
  }

  const rejected = {
    result: 'rejected',
    reason: 'header_missing',
    detail: 'no header',
    body: Buffer.from([255, 254]),
  };

  it('are listed newest first, by result, time and page', async () => {
    const id = await source('listed');
    const first = await accepted(id);
    const second = await capture(id, { ...rejected, headers: '[]' });
    const third = await capture(id, { result: 'handshake', headers: '[]', body: Buffer.from('') });
    const listed = async (filter: object): Promise<string[]> =>
      (await captures.list(appId, 'listed', { limit: 10, ...filter })).map((row) => row.id);
    expect(await listed({})).toEqual([third, second, first.id]);
    expect(await listed({ limit: 2 })).toEqual([third, second]);
    expect(await listed({ after: second })).toEqual([first.id]);
    expect(await listed({ result: 'rejected' })).toEqual([second]);
    expect(await listed({ from: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await listed({ to: new Date(Date.now() - 60_000) })).toEqual([]);
    expect(
      await listed({ from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) }),
    ).toHaveLength(3);
    await source('other');
    expect(await captures.list(appId, 'other', { limit: 10 })).toEqual([]);
  });

  it('that became an event have its headers and bytes, and their repeats', async () => {
    const id = await source('accepted');
    const { id: captureId, eventId } = await accepted(id);
    const repeat = await capture(id, {
      result: 'duplicate',
      event_id: eventId,
      headers: '[["X-Again","1"]]',
      body: Buffer.from('{}'),
    });
    expect(await captures.get(appId, 'accepted', captureId)).toMatchObject({
      result: 'accepted',
      eventId,
      headers: [['X-GitHub-Event', 'push']],
      body: Buffer.from('{"a":1}'),
      duplicates: [{ id: repeat, result: 'duplicate' }],
    });
    expect(await captures.get(appId, 'accepted', repeat)).toMatchObject({
      headers: [['X-Again', '1']],
      duplicates: [],
    });
  });

  it('whose event is no longer stored are still shown', async () => {
    const id = await source('old');
    const captureId = await capture(id, { result: 'accepted', event_id: newId() });
    expect(await captures.get(appId, 'old', captureId)).toMatchObject({
      headers: null,
      body: null,
      duplicates: [],
    });
  });

  it('that were refused say why, and do not show the secret', async () => {
    const id = await source('refused', { scheme: { kind: 'shared', value: { query: 'token' } } });
    const headers = JSON.stringify([['Authorization', 'Bearer secret']]);
    const captureId = await capture(id, { ...rejected, headers, query: 'token=secret&x=1' });
    const story = await captures.get(appId, 'refused', captureId);
    expect(story).toMatchObject({
      reason: 'header_missing',
      detail: 'no header',
      query: 'token=***&x=1',
      headers: [['Authorization', '***']],
      body: Buffer.from([255, 254]),
    });
    expect(JSON.stringify(await captures.list(appId, 'refused', { limit: 10 }))).not.toContain('secret');
  });

  it('of a deleted source are found by its name, until another has it', async () => {
    const id = await source('deleted');
    const captureId = await capture(id, { ...rejected, headers: '[]' });
    await world.engine.get(Sources).remove(appId, 'deleted');
    expect(await captures.list(appId, 'deleted', { limit: 10 })).toMatchObject([{ id: captureId }]);
    await source('deleted');
    expect(await captures.list(appId, 'deleted', { limit: 10 })).toEqual([]);
    expect(await captures.get(appId, 'deleted', captureId)).toMatchObject({ id: captureId });
  });

  it('are found at their own source and app only', async () => {
    const id = await source('mine');
    await source('next');
    const captureId = await capture(id, { ...rejected, headers: '[]' });
    const missing = { code: 'CAPTURE_NOT_FOUND' };
    await expect(captures.get(appId, 'next', captureId)).rejects.toMatchObject(missing);
    await expect(captures.get(appId, 'mine', newId())).rejects.toMatchObject(missing);
    await expect(captures.get(appId, 'mine', 'no id')).rejects.toMatchObject(missing);
    const { appId: other } = await world.register({});
    await expect(captures.get(other, 'mine', captureId)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});
