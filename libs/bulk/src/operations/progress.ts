import type { BulkOperation } from './bulk-operation.js';

export interface Progress {
  /** Items per second since the start; null before the first result. */
  perSecondNow: number | null;
  /** When it ends if it goes on like this; null unless it is running. */
  estimatedEnd: Date | null;
}

/** How fast an operation is, and when it ends. */
export function progressOf(
  operation: Pick<BulkOperation, 'status' | 'planned' | 'done' | 'perSecond' | 'startedAt' | 'finishedAt'>,
  nowMs: number,
): Progress {
  const { status, planned, done, perSecond, startedAt, finishedAt } = operation;
  if (startedAt === null || done === 0) return { perSecondNow: null, estimatedEnd: null };
  const tookMs = Math.max(1, (finishedAt?.getTime() ?? nowMs) - startedAt.getTime());
  const rate = (done * 1_000) / tookMs;
  const leftMs = ((planned - done) / Math.min(rate, perSecond)) * 1_000;
  return {
    perSecondNow: Math.round(rate * 100) / 100,
    estimatedEnd: status === 'running' ? new Date(Math.round(nowMs + leftMs)) : null,
  };
}
