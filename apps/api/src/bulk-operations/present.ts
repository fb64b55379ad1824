import {
  progressOf,
  type BulkEndpoint,
  type BulkItem,
  type BulkOperation,
  type BulkStory,
} from '@breakwater/bulk';
import type {
  BulkEndpointDto,
  BulkItemDto,
  BulkOperationDto,
  BulkOperationStoryDto,
} from './bulk-operation.dto.js';

export function presentOperation(operation: BulkOperation): BulkOperationDto {
  return {
    id: operation.id,
    appId: operation.appId,
    kind: operation.kind,
    status: operation.status,
    filter: { ...operation.filter },
    url: operation.url,
    notes: operation.notes,
    perSecond: operation.perSecond,
    planned: operation.planned,
    done: operation.done,
    succeeded: operation.succeeded,
    skipped: operation.skipped,
    failed: operation.failed,
    ...progressOf(operation, Date.now()),
    error: operation.error,
    createdBy: operation.createdBy,
    createdAt: operation.createdAt,
    startedBy: operation.startedBy,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt,
  };
}

export function presentItem(item: BulkItem): BulkItemDto {
  const { number, appId, endpointId, subjectId, result, reason, deliveryId, doneAt } = item;
  return { number, appId, endpointId, subjectId, result, reason, deliveryId, doneAt };
}

export function presentStory({ operation, sample, endpoints }: BulkStory): BulkOperationStoryDto {
  return {
    ...presentOperation(operation),
    sample: sample.map(presentItem),
    endpoints: endpoints.map(presentEndpoint),
  };
}

function presentEndpoint(endpoint: BulkEndpoint): BulkEndpointDto {
  const { endpointId, appId, capability, subscription, items, breaker, hold } = endpoint;
  return { endpointId, appId, capability, subscription, items, breaker, hold };
}
