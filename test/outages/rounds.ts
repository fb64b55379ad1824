import { expect } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { TestReceiver } from '@breakwater/testing/receiver.js';
import { REFUSED_WITHIN_MS } from './limits.js';
import type { Answered, Traffic } from './traffic.js';

/** A part that becomes unavailable and comes back. */
export interface Outage {
  title: string;
  begin(): Promise<void> | void;
  /** The cause is gone when it resolves. */
  end(): Promise<void> | void;
  /** The cause does not end by itself: after all time limits it must not matter any more. */
  lasts?: boolean;
  /** The product works without it: readyz need not report anything. */
  harmless?: boolean;
  /** Cleans up after a round. */
  clear?(): void;
}

/** The longest times of one round, ms. */
export interface Measured {
  /** When the cause was gone, by `performance.now()`. */
  goneMs: number;
  /** The answer to a call. */
  refusedMs: number;
  /** From then until calls are accepted and readyz stays ready. */
  wellAgainMs: number;
  /** An answer of readyz, minus the time of healthz at the same moment. */
  readyzMs: number;
  /** From the beginning until readyz reported what is unavailable. */
  rightAfterMs: number;
}

const HELD_MS = 2_500;
/** How long calls are watched at least after the cause is gone. */
const WATCHED_MS = 3_000;

/** PostgreSQL is lost under traffic and comes back. */
export async function databaseRound(outage: Outage, traffic: Traffic): Promise<Measured> {
  await untilWell(traffic, performance.now());
  const beganMs = performance.now();
  await outage.begin();
  const since = <T extends Answered>(list: T[]): T[] => list.filter(({ sentAtMs }) => sentAtMs >= beganMs);
  let goneMs: number;
  if (outage.lasts) {
    await sleepUntil(beganMs + REFUSED_WITHIN_MS);
    goneMs = beganMs + REFUSED_WITHIN_MS;
  } else {
    await eventually(() => since(traffic.accepts).some(({ status }) => status === 503), {
      limitMs: 30_000,
      what: `a refusal while ${outage.title}`,
    });
    await eventually(() => since(traffic.probes).some(({ status }) => status === 503), {
      limitMs: 30_000,
      what: `readyz says no while ${outage.title}`,
    });
    await sleepUntil(beganMs + HELD_MS);
    await outage.end();
    goneMs = performance.now();
  }
  const firstNo = since(traffic.probes).find(({ status }) => status === 503);
  await untilWell(traffic, goneMs + WATCHED_MS);
  outage.clear?.();
  const answers = since(traffic.accepts);
  const refused = answers.filter(({ status }) => status !== 202);
  expect(refused.filter(({ status, retryAfter }) => status !== 503 || !retryAfter)).toEqual([]);
  const lastRefused = Math.max(goneMs, ...refused.map(({ sentAtMs }) => sentAtMs));
  const lastNo = Math.max(
    goneMs,
    ...since(traffic.probes)
      .filter(({ status }) => status !== 200)
      .map(({ sentAtMs }) => sentAtMs),
  );
  // The first call that succeeded, whenever it was sent.
  const accepted = answers
    .filter(({ status }) => status === 202)
    .map(({ sentAtMs, afterMs }) => sentAtMs + afterMs);
  const firstAccepted = Math.min(...accepted.filter((atMs) => atMs >= goneMs));
  return {
    goneMs,
    refusedMs: Math.max(0, ...refused.map(({ afterMs }) => afterMs)),
    wellAgainMs: Math.max(lastRefused, lastNo, firstAccepted) - goneMs,
    readyzMs: Math.max(...since(traffic.probes).map(({ afterMs, machineMs }) => afterMs - machineMs)),
    rightAfterMs: rightAfter(firstNo, beganMs),
  };
}

/** Redis is lost under traffic and comes back: callers notice nothing, and readyz reports that it is degraded. */
export async function queueRound(outage: Outage, traffic: Traffic): Promise<Measured> {
  const queueOf = (probe: Answered): string | undefined => probe.details?.['queue']?.status;
  await untilWell(traffic, performance.now());
  await eventually(() => queueOf(traffic.probes.at(-1)!) === 'up', {
    limitMs: 30_000,
    what: `the queue is up before ${outage.title}`,
  });
  const beganMs = performance.now();
  await outage.begin();
  const since = <T extends Answered>(list: T[]): T[] => list.filter(({ sentAtMs }) => sentAtMs >= beganMs);
  const isDegraded = (probe: Answered): boolean => queueOf(probe) === 'degraded';
  if (!outage.harmless)
    await eventually(() => since(traffic.probes).some(isDegraded), {
      limitMs: 30_000,
      what: `readyz says degraded while ${outage.title}`,
    });
  const firstNo = since(traffic.probes).find(isDegraded);
  await sleepUntil(beganMs + HELD_MS);
  await outage.end();
  const goneMs = performance.now();
  await untilWell(traffic, goneMs + WATCHED_MS);
  expect(since(traffic.accepts).filter(({ status }) => status !== 202)).toEqual([]);
  expect(since(traffic.probes).filter(({ status }) => status !== 200)).toEqual([]);
  return {
    refusedMs: Math.max(...since(traffic.accepts).map(({ afterMs }) => afterMs)),
    goneMs,
    wellAgainMs: 0,
    readyzMs: Math.max(...since(traffic.probes).map(({ afterMs, machineMs }) => afterMs - machineMs)),
    rightAfterMs: rightAfter(firstNo, beganMs),
  };
}

/** From the beginning until readyz reported it, ms; 0 where it need not. */
function rightAfter(answer: Answered | undefined, beganMs: number): number {
  return answer === undefined ? 0 : answer.sentAtMs + answer.afterMs - beganMs;
}

/** The longest time from a call that was sent at `fromMs` or later to the receiver, ms. */
export async function longestWayMs(
  { accepts }: Traffic,
  receiver: TestReceiver,
  fromMs: number,
): Promise<number> {
  const sent = accepts.filter(({ sentAtMs, status }) => sentAtMs >= fromMs && status === 202);
  const arrived = new Map<string, number>();
  const isThere = ({ deliveryId }: Answered): boolean => arrived.has(deliveryId!);
  const look = (): boolean => {
    for (const { headers, atMs } of receiver.calls) {
      const id = String(headers['webhook-id']);
      if (!arrived.has(id)) arrived.set(id, atMs);
    }
    return sent.every(isThere);
  };
  await eventually(look, { limitMs: 60_000, everyMs: 100, what: 'deliveries after the outage arrive' });
  return Math.max(0, ...sent.map(({ sentAtMs, deliveryId }) => arrived.get(deliveryId!)! - sentAtMs));
}

/** Until something that was sent at `fromMs` or later is accepted, and readyz is ready. */
async function untilWell({ accepts, probes }: Traffic, fromMs: number): Promise<void> {
  const isFine = (list: Answered[], status: number): boolean =>
    list.some((answer) => answer.sentAtMs >= fromMs && answer.status === status);
  await eventually(() => isFine(accepts, 202) && isFine(probes, 200), {
    limitMs: 60_000,
    what: 'calls are accepted and readyz says yes',
  });
}

/** The maximum of each over all rounds, for people. */
export function summary(title: string, rounds: readonly Measured[]): string {
  const longest = (name: keyof Measured): string =>
    `${(Math.max(...rounds.map((round) => round[name])) / 1_000).toFixed(2)} s`;
  return (
    `${title}: ${rounds.length} rounds; longest answer of a call ${longest('refusedMs')}, well again after ${longest('wellAgainMs')}, ` +
    `readyz ${longest('readyzMs')}, right after ${longest('rightAfterMs')}`
  );
}

async function sleepUntil(atMs: number): Promise<void> {
  await eventually(() => performance.now() >= atMs, { limitMs: 60_000, what: 'time to pass' });
}
