import { timingsFrom, type DeliveryRow, type DeliveryStory } from '@breakwater/delivery';
import type { AttemptDto, DeliveryDto, DeliveryStoryDto, FallbackDto, SignatureDto } from './delivery.dto.js';
import { shownBody } from './shown-body.js';

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
    editedFrom: row.editedFrom,
  };
}

/** Who answered a sync call. */
function sourceOf({ mode, status }: DeliveryRow): string | null {
  if (mode !== 'sync') return null;
  if (status === 'completed') return 'primary';
  return status === 'fallback' ? 'fallback' : null;
}

function fallbackOf({ status, fallbackStrategy, fallbackReason }: DeliveryRow): FallbackDto | null {
  if (status !== 'fallback' || fallbackStrategy === null) return null;
  return { strategy: fallbackStrategy, reason: fallbackReason };
}

/** From the headers as they are shown: of a signature they have the scheme. */
export function signatureOf(headers: Readonly<Record<string, string>> | null): SignatureDto | null {
  const id = headers?.['webhook-id'];
  const timestamp = headers?.['webhook-timestamp'];
  const signature = headers?.['webhook-signature'];
  if (id === undefined || timestamp === undefined || signature === undefined) return null;
  const schemes = signature.split(' ').map((each) => each.split(',')[0]!);
  return { id, timestamp, schemes: schemes.filter((scheme) => scheme.startsWith('v')) };
}

export function presentAttempt(row: DeliveryStory['attempts'][number]): AttemptDto {
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
    response:
      row.responseBody && shownBody(Buffer.from(row.responseBody), contentTypeOf(row), !row.truncated),
    timings: timingsFrom(row.timings),
    signature: signatureOf(row.requestHeaders as Record<string, string> | null),
    breaker: row.breaker,
  };
}

function contentTypeOf({
  responseHeaders,
}: Pick<DeliveryStory['attempts'][number], 'responseHeaders'>): string | null {
  return (responseHeaders as Record<string, string> | null)?.['content-type'] ?? null;
}

/** @param payload null for callers who may not see it */
export function presentStory(
  { delivery, attempts, timeline }: DeliveryStory,
  payload: Buffer | null,
): DeliveryStoryDto {
  return {
    ...presentDelivery(delivery),
    payload: payload?.toString('utf8') ?? null,
    request: payload && shownBody(payload, delivery.contentType),
    traceId: delivery.traceParent?.split('-')[1] ?? null,
    fallback: fallbackOf(delivery),
    history: attempts.map(presentAttempt),
    timeline,
  };
}
