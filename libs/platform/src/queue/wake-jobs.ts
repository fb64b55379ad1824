import type { JobsOptions } from 'bullmq';

export interface WakeUp {
  deliveryId: string;
  /** From now, ms; 0 or absent means at once. */
  delayMs?: number;
  /** Waiting wake-ups with the same key become one. */
  key?: string;
}

/** The data of a job. */
export interface Wake {
  deliveryIds: string[];
  /** Of a test call: its id. It has no deliveries. */
  testId?: string;
}

export interface WakeJob {
  name: string;
  data: Wake;
  opts: JobsOptions;
}

export const jobOptions: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
};

/** Due now, and without a key. */
export const isPlain = ({ delayMs = 0, key }: WakeUp): boolean => delayMs <= 0 && key === undefined;

/** Wake-ups that are due now share jobs. @param idsPerJob most ids that share one */
export function jobsOf(wakeUps: readonly WakeUp[], idsPerJob: number): WakeJob[] {
  const plain = wakeUps.filter(isPlain).map(({ deliveryId }) => deliveryId);
  const jobs: WakeJob[] = wakeUps
    .filter((wakeUp) => !isPlain(wakeUp))
    .map(({ deliveryId, delayMs = 0, key }) => ({
      name: 'attempt',
      data: { deliveryIds: [deliveryId] },
      opts: {
        ...jobOptions,
        // BullMQ cuts its clock to whole ms: without one more a wake-up might come before its delivery is due.
        ...(delayMs > 0 ? { delay: Math.ceil(delayMs) + 1 } : {}),
        ...(key ? { jobId: key } : {}),
      },
    }));
  for (let from = 0; from < plain.length; from += idsPerJob) {
    const deliveryIds = plain.slice(from, from + idsPerJob);
    jobs.push({ name: 'attempt', data: { deliveryIds }, opts: jobOptions });
  }
  return jobs;
}
