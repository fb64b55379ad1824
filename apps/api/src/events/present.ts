import { isUtf8 } from 'node:buffer';
import type { CapturedRequest } from '@breakwater/delivery';
import type { Problem } from '@breakwater/platform';
import type { EventRow, EventStatus, EventStory, PublishReport } from '@breakwater/events';
import type { BatchItemDto, CapturedRequestDto, EventDto, EventStoryDto } from './event.dto.js';
import { shownHeaders } from './shown-headers.js';

export function presentEvent(row: EventRow & { status: EventStatus }): EventDto {
  const { id, appId, type, contentType, requestId, publishedBy, createdAt, deliverAt, status } = row;
  return {
    id,
    appId,
    type,
    contentType,
    metadata: row.metadata as Record<string, unknown> | null,
    requestId,
    publishedBy,
    createdAt,
    deliverAt,
    status,
    deliveryCount: row.deliveries,
    sourceId: row.sourceId,
  };
}

export function presentEventStory(story: EventStory, maySeePayload: boolean): EventStoryDto {
  const { event, status, counts, deliveries, skipped, skippedCount } = story;
  return {
    ...presentEvent({ ...event, status }),
    request: presentRequest(event, maySeePayload),
    payload: maySeePayload ? Buffer.from(event.body).toString('utf8') : null,
    warnings: (event.warnings as Problem[] | null) ?? [],
    deliveriesByStatus: counts,
    deliveries,
    skipped: skipped.map(({ name, ...rest }) => ({ ...rest, subscription: name })),
    skippedCount,
  };
}

function presentRequest(event: EventStory['event'], maySeePayload: boolean): CapturedRequestDto | null {
  const request = event.request as CapturedRequest | null;
  if (request === null) return null;
  const { method, path, headers } = request;
  // There a secret in the query is masked.
  const { query } = event.metadata as { query: string };
  const isShown = maySeePayload && !isUtf8(event.body);
  return {
    method,
    path,
    query,
    headers: maySeePayload ? shownHeaders(headers) : null,
    bodyBase64: isShown ? Buffer.from(event.body).toString('base64') : null,
  };
}

export function presentReport(report: PublishReport): BatchItemDto {
  switch (report.kind) {
    case 'published':
      return {
        eventId: report.eventId,
        status: 'accepted',
        deliveries: report.deliveries,
        warnings: [...report.warnings],
      };
    case 'replayed':
      return { eventId: report.eventId, status: 'replayed', deliveries: null, warnings: [] };
    case 'conflict':
      return { eventId: null, status: 'conflict', deliveries: null, warnings: [] };
  }
}
