import type { DeadLetterRow } from '@breakwater/delivery';
import type { DeadLetterDto } from './dead-letter.dto.js';

export function presentDeadLetter(row: DeadLetterRow): DeadLetterDto {
  const { id, deliveryId, appId, endpointId, capability, eventType, error, attempts, category, reason } = row;
  const { failedAt, requeuedAt, resolvedAt, resolvedBy, notes } = row;
  return {
    ...{ id, deliveryId, appId, endpointId, capability, eventType, error, attempts, category, reason },
    ...{ failedAt, requeuedAt, resolvedAt, resolvedBy, notes },
  };
}
