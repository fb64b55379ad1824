import type { AttemptRow, DeliveryRow, DeliveryStory } from '@breakwater/delivery';
import type { AttemptDto, DeliveryDto, DeliveryStoryDto } from './delivery.dto.js';

export function presentDelivery(row: DeliveryRow): DeliveryDto {
  const { id, appId, endpointId, capability, kind, mode, eventType, requestId, status } = row;
  const {
    createdAt,
    finishedAt,
    nextAttemptAt,
    attempts,
    redeliveries,
    lastOutcome,
    lastErrorClass,
    lastError,
    waitReason,
  } = row;
  return {
    ...{ id, appId, endpointId, capability, kind, mode, eventType, requestId, status },
    ...{
      createdAt,
      finishedAt,
      nextAttemptAt,
      attempts,
      redeliveries,
      lastOutcome,
      lastErrorClass,
      lastError,
      waitReason,
    },
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
