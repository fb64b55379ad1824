import type { QueueStatistics } from '../deliveries/queue-statistics.service.js';

export interface QueueHealth {
  healthy: boolean;
  metrics: QueueStatistics;
  stats: {
    /** Waiting and active. */
    totalJobs: number;
    /** Failed of those that ended in the last 24 h, 0 to 1. */
    failureRate: number;
    /** Waiting. */
    queueDepth: number;
  };
}

/** More failures than this are too many: the success rate the shipped alert rule asks for. */
const FAILURE_RATE_MAX = 0.05;
/** From here on the queue is too long: as in the shipped alert rule. */
const QUEUE_DEPTH_ALARM = 100;

export function queueHealth(metrics: QueueStatistics): QueueHealth {
  const { waiting, active, completed, failed } = metrics;
  const ended = completed + failed;
  const failureRate = ended === 0 ? 0 : Math.round((failed / ended) * 10_000) / 10_000;
  return {
    healthy: failureRate <= FAILURE_RATE_MAX && waiting < QUEUE_DEPTH_ALARM,
    metrics,
    stats: { totalJobs: waiting + active, failureRate, queueDepth: waiting },
  };
}
