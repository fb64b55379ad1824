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
    redeliveries: row.redeliveries,
    lastOutcome: row.lastOutcome,
    lastErrorClass: row.lastErrorClass,
    lastError: row.lastError,
    waitReason: row.waitReason,
    source: row.answerSource,
    strategy: row.fallbackStrategy,
    reason: row.fallbackReason,
  };
}

export function presentAttempt(row: AttemptRow): AttemptDto {
  const { number, startedAt, durationMs, outcome, errorClass, httpStatus, error, next, nextAt, truncated } =
    row;
  return {
    ...{ number, startedAt, durationMs, outcome, errorClass, httpStatus, error, next, nextAt, truncated },
    responseHeaders: row.responseHeaders as Record<string, string> | null,
    responseBody: row.responseBody ? Buffer.from(row.responseBody).toString('utf8') : null,
  };
}

export function presentStory({ delivery, attempts, timeline }: DeliveryStory): DeliveryStoryDto {
  return { ...presentDelivery(delivery), history: attempts.map(presentAttempt), timeline };
}
