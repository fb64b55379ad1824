import { eventRequest } from '@breakwater/testing/event-request.js';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { gitHubEvents, type GitHubEvent } from '@breakwater/testing/github-events.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PublishEvents } from '../publish/publish-events.service.js';
import { GITHUB_SUBSCRIPTIONS } from './github-subscriptions.fixture.js';

const BATCH = 50;
/** Events that are not fanned out, and deliveries that are not over. */
const OPEN = `
SELECT (SELECT count(*) FROM events WHERE fan_out_at IS NOT NULL)
  + (SELECT count(*) FROM deliveries WHERE status = 'pending') AS count`;

/** Real payloads and many filters, against a second opinion on each. */
export function gitHubEventsSuite(redisUrl: string | null): void {
  describe('the webhook payloads of GitHub, published as events', () => {
    let world: EngineWorld;
    beforeAll(async () => {
      world = await startWorld({ redisUrl, env: { QUEUE_CONCURRENCY: '50' } });
    });
    afterAll(() => world.stop());

    const publish = async (events: readonly GitHubEvent[]): Promise<string[]> => {
      const requests = events.map(({ type, body, source }) =>
        eventRequest({ type, body, metadata: { source } }),
      );
      const reports = await world.engine.get(PublishEvents).publish(requests);
      return reports.map((report) => (report.kind === 'published' ? report.eventId : report.kind));
    };

    it('are delivered, byte for byte, to exactly those of 20 subscriptions whose types and filter match', async () => {
      const events = gitHubEvents();
      expect(events.length).toBeGreaterThan(700);
      const subscriptions = Object.entries(GITHUB_SUBSCRIPTIONS);
      expect(subscriptions).toHaveLength(20);
      const declared = subscriptions.map(([name, { events: types, filter }]) => {
        const url = world.receiver.on(`/${name}`, { status: 204, body: '' });
        return [name, { url, events: types, ...(filter ? { filter } : {}), concurrency: 50 }] as const;
      });
      // Of two apps: events of the platform go to both.
      await world.register({}, Object.fromEntries(declared.slice(0, 10)));
      await world.register({}, Object.fromEntries(declared.slice(10)));

      const ids: string[] = [];
      for (let from = 0; from < events.length; from += BATCH)
        ids.push(...(await publish(events.slice(from, from + BATCH))));
      const isOver = async (): Promise<boolean> =>
        (await world.rows<{ count: number }>(OPEN))[0]!.count === 0;
      await eventually(isOver, { limitMs: 60_000, what: 'all delivered' });

      const rows = await world.rows<{ id: string; event: string }>(
        'SELECT id, event_id AS event FROM deliveries',
      );
      const eventOf = new Map(rows.map(({ id, event }) => [id, event]));
      const bodyOf = new Map(ids.map((id, index) => [id, events[index]!.body]));
      const heard = (name: string): string[] =>
        world.receiver.callsTo(`/${name}`).map(({ headers, body }) => {
          const event = eventOf.get(String(headers['webhook-id'])) ?? 'unknown';
          return bodyOf.get(event)?.equals(body) ? event : `${event} with another body`;
        });
      for (const [name, { gets }] of subscriptions) {
        const expected = ids.filter((_, index) => gets(events[index]!));
        expect({ name, events: heard(name).toSorted() }).toEqual({ name, events: expected.toSorted() });
        expect(expected.length, name).toBeGreaterThan(0);
        expect(expected.length, name).toBeLessThan(events.length);
      }
    });
  });
}
