import type { AttemptRow, DeliveryRow, DeliveryStory } from '@breakwater/delivery';
import type { AttemptDto, DeliveryDto, DeliveryStoryDto } from './delivery.dto.js';

export function presentDelivery(row: DeliveryRow): DeliveryDto {
  return {
    id: row.id,
    appId: row.appId,
    endpointId: row.endpointId,
    capability: row.capability,
    kind: row.kind,
    mode: row.mode,
    eventType: row.eventType,
    requestId: row.requestId,
    status: row.status,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
    nextAttemptAt: row.nextAttemptAt,
    attempts: row.attempts,
    retryCount: Math.max(0, row.attempts - 1),
    lastRetryAt: row.attempts > 1 ? row.lastAttemptAt : null,
    maxAttempts: row.maxAttempts,
    deadLetteredAt: row.status === 'dead_letter' ? row.finishedAt : null,
    redeliveries: row.redeliveries,
    lastOutcome: row.lastOutcome,
    lastErrorClass: row.lastErrorClass,
    lastError: row.lastError,
    waitReason: row.waitReason,
    source: sourceOf(row),
    strategy: row.fallbackStrategy,
    reason: row.fallbackReason,
    operationId: row.operationId,
    replayOf: row.replayOf,
  };
}

/** Who answered a sync call. */
function sourceOf({ mode, status }: DeliveryRow): string | null {
  if (mode !== 'sync') return null;
  if (status === 'completed') return 'primary';
  return status === 'fallback' ? 'fallback' : null;
}

export function presentAttempt(row: AttemptRow): AttemptDto {
  const { number, startedAt, durationMs, outcome, errorClass, httpStatus, error, next, nextAt, truncated } =
    row;
  return {
    number,
    startedAt,
    durationMs,
    outcome,
    errorClass,
    httpStatus,
    error,
    next,
    nextAt,
    truncated,
    requestHeaders: row.requestHeaders as Record<string, string> | null,
    responseHeaders: row.responseHeaders as Record<string, string> | null,
    responseBody: row.responseBody ? Buffer.from(row.responseBody).toString('utf8') : null,
  };
}

/** @param payload null for callers who may not see it */
export function presentStory(
  { delivery, attempts, timeline }: DeliveryStory,
  payload: Buffer | null,
): DeliveryStoryDto {
  return {
    ...presentDelivery(delivery),
    payload: payload?.toString('utf8') ?? null,
    history: attempts.map(presentAttempt),
    timeline,
  };
}
