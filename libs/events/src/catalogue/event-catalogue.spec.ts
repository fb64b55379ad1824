import { randomUUID } from 'node:crypto';
import { ManifestRegistry } from '@breakwater/manifest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventRequest } from '@breakwater/testing/event-request.js';
import { startWorld, type Engine, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { FanOut } from '../fan-out/fan-out.service.js';
import { PublishEvents, type EventRequest } from '../publish/publish-events.service.js';
import { EventStories } from '../stories/event-stories.service.js';
import { EventRefusedError, EventTypeInvalidError, EventTypeNotFoundError } from './event-type.error.js';
import type { EventTypeEntry } from './event-type.js';
import { EventTypes } from './event-types.service.js';

/** The catalogue on a real database, with two processes; the second one publishes only types of the catalogue. */
describe('the catalogue of event types', () => {
  let world: EngineWorld;
  let strict: Engine;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null });
    strict = await world.startEngine({ env: { EVENT_TYPES_STRICT: 'true' } });
  });
  afterAll(() => world.stop());

  const numbers = { type: 'object', required: ['n'], properties: { n: { type: 'number' } } };
  const newType = (): string => `order.${randomUUID()}`;
  const put = (name: string, part: Partial<EventTypeEntry> = {}) =>
    world.engine
      .get(EventTypes)
      .put({ name, description: null, example: undefined, schema: undefined, mode: 'warn', ...part });
  const request = (type: string, text: string, pointer = ''): EventRequest =>
    eventRequest({ type, text, pointer });
  const publish = (engine: Engine, ...requests: EventRequest[]) =>
    engine.get(PublishEvents).publish(requests);
  /** The problems; null if the events are published. */
  const refusal = async (engine: Engine, ...requests: EventRequest[]): Promise<unknown> => {
    try {
      await publish(engine, ...requests);
      return null;
    } catch (error) {
      if (!(error instanceof EventRefusedError)) throw error;
      return error.problems;
    }
  };
  const stored = (type: string) => world.rows<{ id: string }>('SELECT id FROM events WHERE type = $1', type);
  const problem = (pointer: string, rule: string) => expect.objectContaining({ pointer, rule });

  it('shows what was put, replaces it, and forgets it', async () => {
    const name = newType();
    const types = world.engine.get(EventTypes);
    await put(name, { description: 'An order', example: { n: 1 }, schema: numbers, mode: 'enforce' });
    expect(await types.get(name)).toMatchObject({
      name,
      description: 'An order',
      example: { n: 1 },
      schema: numbers,
      mode: 'enforce',
    });
    await put(name, { example: null });
    expect(await types.get(name)).toMatchObject({
      description: null,
      example: null,
      schema: null,
      mode: 'warn',
    });
    expect((await types.list(undefined, 100)).map((type) => type.name)).toContain(name);
    expect((await types.list(name, 100)).map((type) => type.name)).not.toContain(name);
    await types.remove(name);
    await expect(types.get(name)).rejects.toThrow(EventTypeNotFoundError);
    await expect(types.remove(name)).rejects.toThrow(EventTypeNotFoundError);
  });

  it('refuses a schema with problems, and stores nothing', async () => {
    const name = newType();
    await expect(put(name, { schema: { typ: 'object' } })).rejects.toThrow(EventTypeInvalidError);
    await expect(world.engine.get(EventTypes).get(name)).rejects.toThrow(EventTypeNotFoundError);
  });

  it('with a schema that is enforced: a batch with a problem is refused with all problems, and nothing is stored', async () => {
    const name = newType();
    await put(name, { schema: numbers, mode: 'enforce' });
    const requests = ['{"n":1}', '{}', '{"n":"x"}'].map((text, index) =>
      request(name, text, `/events/${index}`),
    );
    expect(await refusal(world.engine, ...requests)).toEqual([
      problem('/events/1/payload/n', 'required'),
      problem('/events/2/payload/n', 'type'),
    ]);
    expect(await stored(name)).toEqual([]);
    expect(await publish(world.engine, requests[0]!)).toMatchObject([{ kind: 'published', warnings: [] }]);
  });

  it('does not refuse an event that was published before the schema was changed', async () => {
    const name = newType();
    const keyed = { ...request(name, '{}'), idempotencyKey: randomUUID() };
    const [first] = await publish(world.engine, keyed);
    await put(name, { schema: numbers, mode: 'enforce' });
    const { eventId } = first as { eventId: string };
    expect(await publish(world.engine, keyed)).toEqual([{ kind: 'replayed', eventId }]);
    expect(await refusal(world.engine, { ...keyed, body: Buffer.from('[]') })).toHaveLength(1);
    await world.rows('UPDATE event_keys SET expires_at = now() WHERE key = $1', keyed.idempotencyKey);
    expect(await refusal(world.engine, keyed)).toHaveLength(1);
  });

  it('with a schema that warns: the event is stored with the warnings', async () => {
    const name = newType();
    await put(name, { schema: numbers, mode: 'warn' });
    const [report] = await publish(world.engine, request(name, '{"n":null}'));
    expect(report).toMatchObject({ kind: 'published', warnings: [problem('/payload/n', 'type')] });
    const [{ id }] = (await stored(name)) as [{ id: string }];
    const { event } = await world.engine.get(EventStories).get(id, null);
    expect(event.warnings).toEqual([problem('/payload/n', 'type')]);
  });

  it('is effective in another process without a restart, and a change and a removal are, too', async () => {
    const name = newType();
    expect(await refusal(strict, request(name, '{}'))).toEqual([problem('/type', 'event_type')]);
    await put(name);
    await eventually(async () => (await refusal(strict, request(name, '{}'))) === null);
    await put(name, { schema: numbers, mode: 'enforce' });
    const [lacks] = (await eventually(() => refusal(strict, request(name, '{}')))) as [object];
    expect(lacks).toEqual(problem('/payload/n', 'required'));
    expect(await refusal(strict, request(name, '{"n":1}'))).toBeNull();
    await world.engine.get(EventTypes).remove(name);
    const [unknown] = (await eventually(() => refusal(strict, request(name, '{"n":1}')))) as [object];
    expect(unknown).toEqual(problem('/type', 'event_type'));
  });

  it('is effective in every process also if the hint is lost', async () => {
    const name = newType();
    expect(await refusal(strict, request(name, '{}'))).toEqual([problem('/type', 'event_type')]);
    // Without the service, nobody sends the hint.
    await world.rows('INSERT INTO event_types (name) VALUES ($1)', name);
    await eventually(async () => (await refusal(strict, request(name, '{}'))) === null);
  });

  it('warns of the types of a manifest that it does not have, where only its types may be published', async () => {
    const manifest = {
      name: 'Shop',
      ownerEmail: 'owner@example.com',
      baseUrl: world.receiver.url,
      webhooks: {},
      subscriptions: { ledger: { url: '/ledger', events: [newType()] } },
    };
    const warned = async (engine: Engine): Promise<string[]> => {
      const { warnings } = await engine
        .get(ManifestRegistry)
        .register(`app-${randomUUID()}`, manifest, 'test');
      return warnings.map(({ pointer }) => pointer);
    };
    expect(await warned(strict)).toEqual(['/subscriptions/ledger/events/0']);
    expect(await warned(world.engine)).toEqual([]);
  });

  it('cannot refuse an event that SQL published: a worker delivers it with warnings', async () => {
    const name = newType();
    await put(name, { schema: numbers, mode: 'enforce' });
    await world.rows('SELECT breakwater.publish($1, $2::json)', name, '{"n":"x"}');
    await world.engine.get(FanOut).run(new AbortController().signal);
    const [{ id }] = (await stored(name)) as [{ id: string }];
    const { event } = await eventually(async () => {
      const story = await world.engine.get(EventStories).get(id, null);
      return story.status === 'published' && story;
    });
    expect(event.warnings).toEqual([problem('/payload/n', 'type')]);
  });
});
