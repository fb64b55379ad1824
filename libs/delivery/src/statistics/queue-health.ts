import type { QueueStatistics } from '../deliveries/queue-statistics.store.js';

export interface QueueHealth {
  healthy: boolean;
  metrics: QueueStatistics;
  stats: {
    /** Waiting and active. */
    totalJobs: number;
    /** Failed deliveries among those that ended in the last 24 h, as "0.24%". */
    failureRate: string;
    /** Waiting. */
    queueDepth: number;
  };
}

/** A higher failure rate is too high: the shipped alert rule on the success rate uses the same number. */
const FAILURE_RATE_MAX = 0.05;
/** With fewer ended deliveries the failure rate is not judged. */
const ENDED_MIN = 20;
/** From this depth on the queue is too long, as in the shipped alert rule. */
const QUEUE_DEPTH_ALARM = 100;

export function queueHealth(metrics: QueueStatistics): QueueHealth {
  const { waiting, active, completed, failed } = metrics;
  const ended = completed + failed;
  const failureRate = ended === 0 ? 0 : failed / ended;
  const failsTooMuch = ended >= ENDED_MIN && failureRate > FAILURE_RATE_MAX;
  return {
    healthy: !failsTooMuch && waiting < QUEUE_DEPTH_ALARM,
    metrics,
    stats: {
      totalJobs: waiting + active,
      failureRate: `${(failureRate * 100).toFixed(2)}%`,
      queueDepth: waiting,
    },
  };
}
