import {
  DEMO_APPS,
  EXHAUSTED,
  INCIDENT,
  REFUSED,
  SLOW_SCHEDULE_MS,
  type DemoCapability,
} from './demo-apps.js';
import { DayMaker, type End, type Place } from './day-maker.js';
import { healthDays } from './health-days.js';
import { makeIncident, type Incident } from './incident.js';
import type { DayAlert, DayDeadLetter, DayDelivery, DemoDay } from './rows.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Before now: when the incident began. */
const INCIDENT_MS = 5 * HOUR_MS;
/** The threshold of the alert rule for success rates, per cent. */
const SUCCESS_RATE_MIN = 95;
/** Nothing fails this long before now, so that no rule fires because of the demo, ms. */
const CALM_MS = 65 * MINUTE_MS;
/** How often alert rules are evaluated. */
const EVALUATED_EVERY_MS = 30_000;

/** Deliveries that were given up on: hours before now, how they ended, and whether a person resolved them. */
const GIVEN_UP: readonly {
  place: typeof REFUSED;
  hours: readonly number[];
  ends: End[];
  resolved: number;
}[] = [
  // A deployment with a wrong secret, half an hour after the incident.
  {
    place: INCIDENT,
    hours: [3.9, 3.88, 3.85, 3.83],
    ends: ['http_401'],
    resolved: 0,
  },
  {
    place: EXHAUSTED,
    hours: [21.5, 18.2, 13.4, 9.1, 2.6],
    ends: Array.from({ length: SLOW_SCHEDULE_MS.length + 1 }, () => 'http_500' as const),
    resolved: 2,
  },
  { place: REFUSED, hours: [20.1, 16.7, 11.3, 6.6, 1.2], ends: ['http_422'], resolved: 3 },
];

export interface DayInput {
  now: Date;
  /** Endpoint ids by `app capability`. */
  endpoints: ReadonlyMap<string, string>;
  random: () => number;
}

/** How busy the hour is, 0.3 to 1: quiet fourteen hours ago, busiest two hours ago. */
export function busyness(hoursAgo: number): number {
  return 0.65 + 0.35 * Math.cos(((hoursAgo - 2) / 12) * Math.PI);
}

/** A day of history that ends now, the same for the same input. */
export function makeDay({ now, endpoints, random }: DayInput): DemoDay {
  const maker = new DayMaker(random, now);
  const since = new Date(now.getTime() - DAY_MS);
  const places = DEMO_APPS.flatMap((app) =>
    app.capabilities.flatMap((capability): Place[] => {
      const endpointId = endpoints.get(`${app.id} ${capability.name}`);
      return endpointId === undefined ? [] : [{ app, capability, endpointId }];
    }),
  );
  const placeOf = ({ appId, capability }: typeof INCIDENT): Place =>
    places.find((place) => place.app.id === appId && place.capability.name === capability)!;
  const incident = makeIncident(placeOf(INCIDENT), new Date(now.getTime() - INCIDENT_MS), maker);
  const ordinary = places.flatMap((place) => ordinaryDeliveries(place, { now, incident, maker }));
  const deadLetters = GIVEN_UP.flatMap(({ place, hours, ends, resolved }) =>
    hours.map((hoursAgo, index) =>
      deadLetter(placeOf(place), new Date(now.getTime() - hoursAgo * HOUR_MS), {
        ends,
        isResolved: index < resolved,
        maker,
      }),
    ),
  );
  const deliveries = [
    ...ordinary,
    ...incident.deliveries,
    ...deadLetters.map(({ delivery }) => delivery),
  ].toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const alerts = [circuitAlert(incident, maker), ...rateAlert(deliveries, { now, incident, maker })];
  const health = healthDays({ from: since, to: now }, { from: incident.openedAt, to: incident.closedAt });
  return { since, deliveries, deadLetters, transitions: incident.transitions, alerts, health };
}

interface Around {
  now: Date;
  incident: Incident;
  maker: DayMaker;
}

function ordinaryDeliveries(place: Place, { now, incident, maker }: Around): DayDelivery[] {
  const { capability, app } = place;
  const isIncident = app.id === INCIDENT.appId && capability.name === INCIDENT.capability;
  const first = incident.deliveries[0]!.createdAt;
  const made: DayDelivery[] = [];
  const everyMs = (DAY_MS * 0.65) / capability.calls;
  for (let atMs = now.getTime() - DAY_MS; ;) {
    const busy = busyness((now.getTime() - atMs) / HOUR_MS);
    atMs += (everyMs / busy) * (0.3 + 1.4 * maker.random());
    const at = new Date(atMs);
    if (at >= now) return made;
    const isTaken = isIncident && at >= new Date(first.getTime() - MINUTE_MS) && at <= incident.closedAt;
    if (isTaken) continue;
    const ends: End[] = at.getTime() > now.getTime() - CALM_MS ? ['ok'] : endsOf(capability, maker);
    const delivery = maker.delivery(
      place,
      at,
      ends.map((end) => ({ end })),
    );
    if (maker.isOver(delivery)) made.push(delivery);
  }
}

/** A short failure is over at the next attempt; a sync call is not repeated. */
function endsOf({ async, failing }: DemoCapability, maker: DayMaker): End[] {
  if (maker.random() >= failing) return ['ok'];
  const end: End = maker.random() < 0.4 ? 'timeout' : 'http_503';
  return async ? [end, 'ok'] : [end];
}

function deadLetter(
  place: Place,
  createdAt: Date,
  { ends, isResolved, maker }: { ends: readonly End[]; isResolved: boolean; maker: DayMaker },
): DayDeadLetter {
  const delivery = maker.delivery(
    place,
    createdAt,
    ends.map((end) => ({ end })),
    ends.length > 1 ? SLOW_SCHEDULE_MS : undefined,
  );
  return {
    id: maker.id(delivery.finishedAt),
    delivery,
    reason: ends.length > 1 ? 'exhausted' : 'non_retryable',
    category: ends.length > 1 ? 'RETRYABLE' : 'NON_RETRYABLE',
    resolvedAt: isResolved ? new Date(delivery.finishedAt.getTime() + 40 * MINUTE_MS) : null,
    notes: isResolved ? 'sent by hand' : null,
  };
}

function circuitAlert({ openedAt, closedAt }: Incident, maker: DayMaker): DayAlert {
  return {
    id: maker.id(openedAt),
    type: 'circuit_open',
    ...INCIDENT,
    firedAt: new Date(openedAt.getTime() + 4_000),
    resolvedAt: new Date(closedAt.getTime() + 9_000),
    valueAtFiring: 1,
    worstValue: 1,
    lastValue: 0,
    samples: null,
  };
}

/** The alert about the app's success rate over an hour, as the rule would have decided every half minute. */
function rateAlert(deliveries: readonly DayDelivery[], { now, incident, maker }: Around): DayAlert[] {
  const calls = deliveries
    .filter(({ appId }) => appId === INCIDENT.appId)
    .flatMap(({ attempts }) => attempts);
  const rateAt = (atMs: number): { rate: number; samples: number } => {
    const seen = calls.filter(
      ({ startedAt }) => startedAt.getTime() <= atMs && startedAt.getTime() > atMs - HOUR_MS,
    );
    const good = seen.filter(({ outcome }) => outcome === 'delivered').length;
    return { rate: (100 * good) / Math.max(1, seen.length), samples: seen.length };
  };
  const over: DayAlert[] = [];
  let open: Omit<DayAlert, 'resolvedAt' | 'lastValue'> | null = null;
  for (let atMs = incident.openedAt.getTime(); atMs < now.getTime(); atMs += EVALUATED_EVERY_MS) {
    const { rate, samples } = rateAt(atMs);
    if (open === null && rate < SUCCESS_RATE_MIN && samples >= 20) {
      open = {
        id: maker.id(new Date(atMs)),
        type: 'success_rate',
        appId: INCIDENT.appId,
        capability: null,
        firedAt: new Date(atMs),
        valueAtFiring: rate,
        worstValue: rate,
        samples,
      };
    } else if (open !== null && rate >= SUCCESS_RATE_MIN) {
      over.push({ ...open, resolvedAt: new Date(atMs), lastValue: rate, samples });
      break;
    }
    if (open !== null) open.worstValue = Math.min(open.worstValue, rate);
  }
  return over;
}
