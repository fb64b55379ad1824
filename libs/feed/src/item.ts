import { formatCursor, SOURCES, type Position } from './cursor.js';

export const FEED_STATUSES = ['received', 'forwarded', 'failed', 'retrying', 'dlq'] as const;
export type FeedStatus = (typeof FEED_STATUSES)[number];

/** One thing that happened. Members without a value are left out. */
export interface FeedItem {
  /** Of the delivery; of the event or the captured request where no delivery is meant. */
  id: string;
  /** The app; null: the platform itself. */
  projectId: string | null;
  method: string;
  /** When the event, the call or the request was received. */
  receivedAt: Date;
  status: FeedStatus;
  /** When this happened. */
  at: Date;
  /** Attempts before this one. */
  retryCount: number;
  /** Type of the event, or the called capability. */
  eventType: string;
  targetUrl?: string;
  errorMessage?: string;
  deliveryId?: string;
  eventId?: string;
  cursor: string;
}

/** An item with its app and its place, by which it is handed out. */
export interface Placed {
  item: FeedItem;
  position: Position;
}

/** What is read of one row of a source. */
export interface SourceRow {
  transaction: number;
  source: number;
  id: string;
  number: number;
  appId: string | null;
  at: Date;
  receivedAt: Date | null;
  /** Of an attempt: what follows. */
  next: string | null;
  error: string | null;
  mode: string | null;
  /** A sync call that ended without an attempt. */
  isUnsent: boolean | null;
  eventType: string | null;
  eventId: string | null;
  method: string | null;
  targetUrl: string | null;
}

/** The items of a row, at one place: a rejected request and a call that was never sent are received, and failed. */
export function itemsOf(row: SourceRow, atS: number): Placed[] {
  const { transaction, source, id, number } = row;
  const position = { transaction, source, id, number, atS };
  return statusesOf(row).map((status) => ({ item: itemOf(row, status, formatCursor(position)), position }));
}

function statusesOf({ source, next, mode, isUnsent }: SourceRow): FeedStatus[] {
  switch (source) {
    case SOURCES.event:
      return ['received'];
    case SOURCES.capture:
      return ['received', 'failed'];
    case SOURCES.invocation:
      return isUnsent === true ? ['received', 'failed'] : ['received'];
    case SOURCES.deadLetter:
      return ['dlq'];
    default:
      return [afterAttempt(next, mode)];
  }
}

function afterAttempt(next: string | null, mode: string | null): FeedStatus {
  if (next === 'done') return 'forwarded';
  if (next !== 'dead') return 'retrying';
  return mode === 'sync' ? 'failed' : 'dlq';
}

function itemOf(row: SourceRow, status: FeedStatus, cursor: string): FeedItem {
  const { source, id, number, appId, at, receivedAt, error, eventType, eventId, method, targetUrl } = row;
  const isDelivery = source >= SOURCES.invocation;
  const isFailure = status !== 'received' && status !== 'forwarded';
  return {
    id,
    projectId: appId,
    method: method ?? 'POST',
    receivedAt: receivedAt ?? at,
    status,
    at,
    retryCount: Math.max(0, number - 1),
    eventType: eventType ?? '',
    ...(targetUrl === null ? {} : { targetUrl: shownUrl(targetUrl) }),
    ...(isFailure && error !== null ? { errorMessage: error } : {}),
    ...(isDelivery ? { deliveryId: id } : {}),
    ...(eventId === null ? {} : { eventId }),
    cursor,
  };
}

/** Without what may be secret: name and password, query, fragment. */
function shownUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1').replace(/[?#].*$/s, '');
}
