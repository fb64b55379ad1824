import { RECOVERY_MS } from './demo-apps.js';
import type { DayMaker, End, Place, Try } from './day-maker.js';
import type { DayDelivery, DayTransition } from './rows.js';

/** Failures that open the circuit. */
const THRESHOLD = 5;
const FAILED_PROBES = 6;
/** Successful probes that close it. */
const GOOD_PROBES = 3;
/** Between the calls that fail before it opens, ms. */
const APART_MS = 35_000;
/** Between deliveries that arrive while it is open, ms. */
const ARRIVES_EVERY_MS = 75_000;
/** Between the calls that follow when it is half-open and closed again, ms. */
const CATCHES_UP_EVERY_MS = 400;

export interface Incident {
  deliveries: DayDelivery[];
  transitions: DayTransition[];
  openedAt: Date;
  closedAt: Date;
}

/** A delivery that waits, with its attempts so far. */
interface Waiting {
  createdAt: Date;
  tries: Try[];
}

/**
 * The incident of the day: an app answers 503, its circuit opens, six probes fail, three succeed, and all that waited
 * is delivered. Nothing is lost.
 */
export function makeIncident(place: Place, startsAt: Date, maker: DayMaker): Incident {
  const waiting: Waiting[] = [];
  const transitions: DayTransition[] = [];
  let failures = 0;

  /** One more attempt of a delivery. @returns when it ended, Unix ms */
  const attempt = ({ tries }: Waiting, atMs: number, end: End): number => {
    const durationMs = 150 + Math.floor(maker.random() * 100);
    tries.push({ end, startedAt: new Date(atMs), durationMs });
    if (end !== 'ok') failures += 1;
    return atMs + durationMs;
  };
  const turn = (from: string, to: string, cause: string, atMs: number): void => {
    transitions.push({
      appId: place.app.id,
      capability: place.capability.name,
      generation: transitions.length + 1,
      from,
      to,
      cause,
      at: new Date(atMs),
      failures,
      failingSince: startsAt,
      reason: 'http 503',
    });
  };

  let endedMs = startsAt.getTime();
  for (let index = 0; index < THRESHOLD; index++) {
    const atMs = startsAt.getTime() + index * APART_MS;
    const arrived: Waiting = { createdAt: new Date(atMs - 8), tries: [] };
    waiting.push(arrived);
    endedMs = attempt(arrived, atMs, 'http_503');
  }
  turn('closed', 'open', 'failures', endedMs);
  const openedMs = endedMs;
  for (let probe = 0; probe < FAILED_PROBES; probe++) {
    const probeMs = endedMs + RECOVERY_MS;
    turn('open', 'half_open', 'probe_due', probeMs);
    endedMs = attempt(waiting[probe % THRESHOLD]!, probeMs, 'http_503');
    turn('half_open', 'open', 'probe_failed', endedMs);
  }
  const repairedMs = endedMs + RECOVERY_MS;
  for (let atMs = openedMs + 20_000; atMs < repairedMs; atMs += ARRIVES_EVERY_MS)
    waiting.push({ createdAt: new Date(atMs), tries: [] });
  turn('open', 'half_open', 'probe_due', repairedMs);
  let closedMs = repairedMs;
  for (const [index, each] of waiting.entries()) {
    endedMs = attempt(each, repairedMs + index * CATCHES_UP_EVERY_MS, 'ok');
    if (index === GOOD_PROBES - 1) closedMs = endedMs;
  }
  turn('half_open', 'closed', 'probes_succeeded', closedMs);
  return {
    deliveries: waiting.map(({ createdAt, tries }) => maker.delivery(place, createdAt, tries)),
    transitions,
    openedAt: new Date(openedMs),
    closedAt: new Date(closedMs),
  };
}
