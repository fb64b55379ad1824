import { describe, expect, it } from 'vitest';
import { DEMO_APPS, demoManifest, INCIDENT } from './demo-apps.js';
import { busyness, makeDay } from './demo-day.js';
import { DayMaker } from './day-maker.js';
import type { DayAttempt, DemoDay } from './rows.js';
import { seededRandom } from './seeded-random.js';

const now = new Date('2026-11-28T15:00:00Z');
const endpoints = new Map(
  DEMO_APPS.flatMap((app) =>
    app.capabilities.map(({ name }, index): [string, string] => [
      `${app.id} ${name}`,
      `${String(index).padStart(8, '0')}-0000-7000-8000-000000000000`,
    ]),
  ),
);
const dayOf = (seed: number, at = now): DemoDay =>
  makeDay({ now: at, endpoints, random: seededRandom(seed) });
/** The last one is that of `npm start`. */
const seeds = [[1], [2], [3], [20_261_201]];
const ended = ({ startedAt, durationMs }: DayAttempt): number => startedAt.getTime() + durationMs;

describe('a day of the demo', () => {
  it('has a few thousand deliveries, the same for the same seed', () => {
    const day = dayOf(1);
    expect(day.deliveries.length).toBeGreaterThan(3_000);
    expect(day.deliveries.length).toBeLessThan(5_000);
    expect(dayOf(1)).toEqual(day);
    expect(dayOf(2)).not.toEqual(day);
  });

  it.each(seeds)('lies within the last 24 hours (seed %i)', (seed) => {
    const day = dayOf(seed);
    expect(day.since).toEqual(new Date('2026-11-27T15:00:00Z'));
    const outside = day.deliveries.filter(
      ({ createdAt, finishedAt, attempts }) =>
        createdAt < day.since ||
        finishedAt > now ||
        attempts[0]!.startedAt < createdAt ||
        ended(attempts.at(-1)!) !== finishedAt.getTime(),
    );
    expect(outside).toEqual([]);
  });

  it.each(seeds)('has deliveries whose attempts follow each other and decide them (seed %i)', (seed) => {
    const wrong = dayOf(seed).deliveries.filter(({ mode, status, attempts }) => {
      const isOk = attempts.at(-1)!.outcome === 'delivered';
      const follows = attempts.every((attempt, index) => {
        const next = attempts[index + 1];
        const verdict = next !== undefined ? 'retry' : isOk ? 'done' : 'dead';
        const isInOrder = next === undefined || next.startedAt.getTime() >= ended(attempt);
        return attempt.number === index + 1 && isInOrder && attempt.next === verdict;
      });
      return !follows || status !== (isOk ? 'completed' : mode === 'sync' ? 'fallback' : 'dead_letter');
    });
    expect(wrong).toEqual([]);
  });

  it.each(seeds)('has a dead letter for each delivery that is one (seed %i)', (seed) => {
    const day = dayOf(seed);
    const dead = day.deliveries.filter(({ status }) => status === 'dead_letter').map(({ id }) => id);
    expect(day.deadLetters.map(({ delivery }) => delivery.id).toSorted()).toEqual(dead.toSorted());
    // With ten, a rule would fire at once.
    expect(day.deadLetters.filter(({ resolvedAt }) => resolvedAt === null)).toHaveLength(9);
  });

  it.each(seeds)('has breakers as the rules of breakers would have turned them (seed %i)', (seed) => {
    const { deliveries, transitions } = dayOf(seed);
    for (const app of DEMO_APPS) {
      for (const { name } of app.capabilities) {
        const attempts = deliveries
          .filter(({ appId, capability }) => appId === app.id && capability === name)
          .flatMap((delivery) => delivery.attempts)
          .toSorted((a, b) => ended(a) - ended(b));
        const turned = transitions.filter(({ appId, capability }) => appId === app.id && capability === name);
        expect(turned.map(({ at, to }) => [at.getTime(), to])).toEqual(replay(attempts));
      }
    }
  });

  it.each(seeds)('calls nothing while the circuit is open (seed %i)', (seed) => {
    const { deliveries, transitions } = dayOf(seed);
    const calls = deliveries
      .filter(({ appId }) => appId === INCIDENT.appId)
      .flatMap(({ attempts }) => attempts);
    for (const [index, { to, at }] of transitions.entries()) {
      if (to !== 'open') continue;
      const until = transitions[index + 1]!.at;
      expect(calls.filter(({ startedAt }) => startedAt > at && startedAt < until)).toEqual([]);
    }
  });

  it.each(seeds)('loses nothing of what arrived during the incident (seed %i)', (seed) => {
    const { deliveries, transitions } = dayOf(seed);
    const [from, to] = [transitions[0]!.at, transitions.at(-1)!.at];
    const during = deliveries.filter(
      ({ appId, createdAt }) => appId === INCIDENT.appId && createdAt > from && createdAt < to,
    );
    expect(during.length).toBeGreaterThan(20);
    expect(new Set(during.map(({ status }) => status))).toEqual(new Set(['completed']));
  });

  it.each(seeds)('has two alerts that are over (seed %i)', (seed) => {
    const { alerts } = dayOf(seed);
    expect(alerts.map(({ type }) => type)).toEqual(['circuit_open', 'success_rate']);
    for (const { firedAt, resolvedAt } of alerts) expect(firedAt < resolvedAt && resolvedAt < now).toBe(true);
    const [, rate] = alerts;
    expect(rate!.valueAtFiring).toBeLessThan(95);
    expect(rate!.worstValue).toBeLessThanOrEqual(rate!.valueAtFiring);
    expect(rate!.lastValue).toBeGreaterThanOrEqual(95);
  });

  it.each(seeds)('leaves no rule to fire when it ends (seed %i)', (seed) => {
    const { deliveries } = dayOf(seed);
    for (const { id } of DEMO_APPS) {
      const calls = deliveries
        .filter(({ appId }) => appId === id)
        .flatMap(({ attempts }) => attempts)
        .filter(({ startedAt }) => startedAt.getTime() > now.getTime() - 3_600_000);
      const good = calls.filter(({ outcome }) => outcome === 'delivered');
      expect(calls.length < 20 || good.length / calls.length >= 0.95).toBe(true);
    }
  });

  it('begins quiet and is busiest towards its end', () => {
    expect([14, 8, 2].map(busyness).map((busy) => busy.toFixed(2))).toEqual(['0.30', '0.65', '1.00']);
    const created = dayOf(1).deliveries.map(
      ({ createdAt }) => (now.getTime() - createdAt.getTime()) / 3_600_000,
    );
    const between = (from: number, to: number): number =>
      created.filter((hours) => hours >= from && hours < to).length;
    expect(between(1, 3)).toBeGreaterThan(2 * between(13, 15));
  });

  it('has ids that sort as the deliveries were created', () => {
    const { deliveries } = dayOf(1);
    const millisecond = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
    expect(deliveries.map(({ id }) => millisecond(id))).toEqual(
      deliveries.map(({ createdAt }) => createdAt.getTime()),
    );
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(deliveries.length);
    expect(new DayMaker(seededRandom(1), now).id(now)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('leaves out what has no endpoint', () => {
    const some = new Map([...endpoints].filter(([place]) => !place.startsWith('demo-shop')));
    const day = makeDay({ now, endpoints: some, random: seededRandom(1) });
    expect(day.deliveries.some(({ appId }) => appId === 'demo-shop')).toBe(false);
  });

  it('declares its breaker and its retries in manifests', () => {
    const [, , contacts, postcards] = DEMO_APPS.map((app) => demoManifest(app, 'http://127.0.0.1:7001'));
    expect(contacts).toMatchObject({
      webhooks: { contact_sync: { async: true, circuitBreaker: { successThreshold: 3 } } },
    });
    expect(postcards).toMatchObject({ webhooks: { send_postcard: { retry: { schedule: { length: 5 } } } } });
  });
});

/** The turns of a breaker with 5 failures in a row and 3 successful probes, by its calls. */
function replay(attempts: readonly DayAttempt[]): [number, string][] {
  const turns: [number, string][] = [];
  let state = 'closed';
  let count = 0;
  const turn = (at: number, to: string): void => {
    turns.push([at, to]);
    state = to;
    count = 0;
  };
  for (const attempt of attempts) {
    const isFailure = attempt.outcome === 'timeout' || (attempt.httpStatus ?? 0) >= 500;
    if (state === 'open') turn(attempt.startedAt.getTime(), 'half_open');
    if (state === 'closed') {
      count = isFailure ? count + 1 : 0;
      if (count === 5) turn(ended(attempt), 'open');
    } else if (isFailure) {
      turn(ended(attempt), 'open');
    } else if ((count += 1) === 3) {
      turn(ended(attempt), 'closed');
    }
  }
  return turns;
}
