import type { Problem } from '@breakwater/platform';
import type { EventRow, EventStatus, EventStory, PublishReport } from '@breakwater/events';
import type { BatchItemDto, EventDto, EventStoryDto } from './event.dto.js';

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
  };
}

export function presentEventStory(story: EventStory, maySeePayload: boolean): EventStoryDto {
  const { event, status, counts, deliveries, skipped, skippedCount } = story;
  return {
    ...presentEvent({ ...event, status }),
    payload: maySeePayload ? Buffer.from(event.body).toString('utf8') : null,
    warnings: (event.warnings as Problem[] | null) ?? [],
    deliveriesByStatus: counts,
    deliveries,
    skipped: skipped.map(({ name, ...rest }) => ({ ...rest, subscription: name })),
    skippedCount,
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
