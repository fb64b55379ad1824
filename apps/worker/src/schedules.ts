import type { Type } from '@nestjs/common';
import {
  AlertChecks,
  AutoDisable,
  BreakerHealth,
  DisabledNotices,
  HEALTH_CHANNEL,
  HealthChecks,
} from '@breakwater/alerts';
import { BULK_CHANNEL, BulkRunner } from '@breakwater/bulk';
import { BREAKER_CHANNEL } from '@breakwater/circuit-breaker';
import { HeldEvents, Sweeper } from '@breakwater/delivery';
import { FAN_OUT_CHANNEL, FanOut } from '@breakwater/events';
import { SOURCES_CHANNEL } from '@breakwater/inbound';
import { MANIFEST_CHANNEL, Resealer } from '@breakwater/manifest';
import { RollUp } from '@breakwater/metrics';
import {
  ApprovalNotices,
  BreakerNotices,
  FailureNotices,
  NotificationOutbox,
} from '@breakwater/notifications';
import type { Config } from '@breakwater/platform';
import { Retention } from '@breakwater/upkeep';
import type { PeriodicWork } from './periodic-runner.service.js';

/**
 * How often each worker asks for work that only one of them does; when that one died, another takes over within this,
 * ms.
 */
const ASK_MS = 5_000;
/** Work that is due every 10 minutes or once a day may begin a minute late. */
const ASK_SELDOM_MS = 60_000;
/** Events that are published for later are late by this at most; the others come with a hint. */
const FAN_OUT_MS = 1_000;
/** Bulk operations make up for a second, so their rate is kept. */
const BULK_MS = 1_000;
/** Uses memory only, unless a breaker is open. */
const OPEN_BREAKERS_MS = 1_000;
/** A process that started before a change of key may still seal with the old one. */
const RESEAL_MS = 3_600_000;

/**
 * All periodic work. Every worker has the whole table. Rows of the database decide which worker does what: most of it
 * is done by one worker at a time when it is due (PeriodicRuns), so `everyMs` is how often each worker asks.
 * @param get the instance of a class in this process
 */
export function schedules(config: Config, get: <T>(type: Type<T>) => T): PeriodicWork[] {
  return [
    {
      name: 'sweep',
      everyMs: config.delivery.sweepIntervalMs,
      atStart: false,
      work: () => get(Sweeper).sweep(),
    },
    {
      name: 'fan-out',
      everyMs: FAN_OUT_MS,
      atStart: true,
      hint: FAN_OUT_CHANNEL,
      work: (stop) => get(FanOut).run(stop),
    },
    {
      name: 'held-events',
      everyMs: ASK_MS,
      atStart: true,
      hint: SOURCES_CHANNEL,
      next: 'fan-out',
      work: (stop) => get(HeldEvents).run(stop),
    },
    {
      name: 'bulk-operations',
      everyMs: BULK_MS,
      atStart: true,
      hint: BULK_CHANNEL,
      work: (stop) => get(BulkRunner).run(stop),
    },
    {
      name: 'breaker-notices',
      everyMs: ASK_MS,
      atStart: true,
      hint: BREAKER_CHANNEL,
      next: 'notifications',
      work: (stop) => get(BreakerNotices).run(stop),
    },
    {
      name: 'approval-notices',
      everyMs: ASK_MS,
      atStart: true,
      next: 'notifications',
      work: (stop) => get(ApprovalNotices).run(stop),
    },
    {
      name: 'failure-notices',
      everyMs: ASK_MS,
      atStart: false,
      next: 'notifications',
      work: (stop) => get(FailureNotices).runIfDue(stop),
    },
    {
      name: 'auto-disable',
      everyMs: ASK_SELDOM_MS,
      atStart: false,
      next: 'notifications',
      work: (stop) => get(AutoDisable).runIfDue(stop),
    },
    {
      name: 'disabled-notices',
      everyMs: ASK_MS,
      atStart: true,
      hint: MANIFEST_CHANNEL,
      next: 'notifications',
      work: (stop) => get(DisabledNotices).run(stop),
    },
    {
      name: 'notifications',
      everyMs: ASK_MS,
      atStart: true,
      overlaps: true, // a mail server that hangs delays no other notification
      work: (stop) => get(NotificationOutbox).run(stop),
    },
    {
      name: 'metrics',
      everyMs: ASK_MS,
      atStart: true,
      work: (stop) => get(RollUp).runIfDue(stop),
    },
    {
      name: 'alert-rules',
      everyMs: ASK_MS,
      atStart: true,
      work: (stop) => get(AlertChecks).runIfDue(stop),
    },
    {
      name: 'health-checks',
      everyMs: ASK_MS,
      atStart: true,
      hint: HEALTH_CHANNEL,
      work: (stop) => get(HealthChecks).runIfDue(stop),
    },
    {
      name: 'breaker-health',
      everyMs: OPEN_BREAKERS_MS,
      atStart: false,
      work: (stop) => get(BreakerHealth).run(stop),
    },
    {
      name: 'maintenance',
      everyMs: ASK_SELDOM_MS,
      atStart: true,
      work: (stop) => get(Retention).runIfDue(stop),
    },
    {
      name: 'reseal',
      everyMs: RESEAL_MS,
      atStart: true,
      work: (stop) => get(Resealer).run(stop),
    },
  ];
}
