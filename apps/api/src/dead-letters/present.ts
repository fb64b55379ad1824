import type { DeadLetterRow } from '@breakwater/delivery';
import type { DeadLetterDto } from './dead-letter.dto.js';

export function presentDeadLetter(row: DeadLetterRow): DeadLetterDto {
  return {
    id: row.id,
    deliveryId: row.deliveryId,
    appId: row.appId,
    endpointId: row.endpointId,
    capability: row.capability,
    eventType: row.eventType ?? row.capability,
    error: row.error,
    attempts: row.attempts,
    category: row.category,
    reason: row.reason,
    errorClass: row.errorClass,
    failedAt: row.failedAt,
    requeuedAt: row.requeuedAt,
    resolvedAt: row.resolvedAt,
    resolvedBy: row.resolvedBy,
    notes: row.notes,
    note: row.note,
    notedBy: row.notedBy,
    notedAt: row.notedAt,
  };
}
