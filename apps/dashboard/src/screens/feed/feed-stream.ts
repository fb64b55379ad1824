/**
 * What the live feed shows. Pure: items and the end of each second are arguments.
 *
 * - At most {@link ROWS_A_SECOND} rows are added in a second. Of more, an even sample is shown.
 * - While it is paused nothing moves: what arrives waits, and is shown as a whole when it goes on.
 * - What was missed while the connection was lost is shown as a whole, too.
 * - At most {@link BUFFER} rows are kept, and as many wait. What is dropped is counted.
 */

/** An item of the feed, as docs/guides/live-feed.md has it. */
export interface FeedItem {
  id: string;
  projectId: string | null;
  method: string;
  receivedAt: string;
  status: string;
  at: string;
  retryCount: number;
  eventType: string;
  targetUrl?: string;
  errorMessage?: string;
  deliveryId?: string;
  eventId?: string;
  cursor: string;
}

export type FeedRow =
  { kind: 'item'; key: string; item: FeedItem } | { kind: 'gap'; key: string; detail: string };

export interface Stream {
  /** Newest first. */
  rows: readonly FeedRow[];
  /** Arrived and not shown, oldest first. */
  waiting: readonly FeedRow[];
  /** How many of those that waited were dropped. */
  dropped: number;
  /** Of how many items one was shown in the last second; 1: all are shown. */
  oneOf: number;
  /** Rows that were shown since the beginning. */
  shown: number;
}

export const ROWS_A_SECOND = 10;
export const BUFFER = 1000;

export const EMPTY: Stream = { rows: [], waiting: [], dropped: 0, oneOf: 1, shown: 0 };

/** Takes what arrived. An item that is there already, after a reconnect, is not taken twice. */
export function arrive(stream: Stream, arrived: readonly FeedRow[]): Stream {
  const known = new Set([...stream.rows, ...stream.waiting].map(({ key }) => key));
  const fresh = arrived.filter(({ key }) => !known.has(key) && known.add(key));
  if (fresh.length === 0) return stream;
  const waiting = [...stream.waiting, ...fresh];
  const tooMany = Math.max(0, waiting.length - BUFFER);
  return { ...stream, waiting: waiting.slice(tooMany), dropped: stream.dropped + tooMany };
}

/**
 * The end of a second.
 * @param pace `sampled`: as it happens; `whole`: all that waits, after a pause or a lost connection; `paused`: nothing
 */
export function tick(stream: Stream, pace: 'sampled' | 'whole' | 'paused'): Stream {
  if (pace === 'paused') return stream;
  const { waiting, dropped } = stream;
  if (waiting.length === 0) return stream.oneOf === 1 ? stream : { ...stream, oneOf: 1 };
  const lost: FeedRow[] =
    dropped === 0
      ? []
      : [{ kind: 'gap', key: `dropped ${stream.shown} ${dropped}`, detail: droppedDetail(dropped) }];
  const taken = pace === 'whole' ? waiting : sample(waiting, ROWS_A_SECOND);
  const added = [...lost, ...taken];
  return {
    rows: [...added.toReversed(), ...stream.rows].slice(0, BUFFER),
    waiting: [],
    dropped: 0,
    oneOf: Math.round(waiting.length / taken.length),
    shown: stream.shown + added.length,
  };
}

/** Evenly spaced ones, the first and the last among them. What tells of a gap is never left out. */
export function sample(rows: readonly FeedRow[], size: number): readonly FeedRow[] {
  if (rows.length <= size) return rows;
  const step = (rows.length - 1) / (size - 1);
  const kept = new Set(Array.from({ length: size }, (_, index) => Math.round(index * step)));
  return rows.filter((row, index) => row.kind === 'gap' || kept.has(index));
}

function droppedDetail(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'item is' : 'items are'} not shown: only the last ${BUFFER.toLocaleString('en-US')} are kept while the feed is paused.`;
}

export interface FeedFilter {
  /** Statuses, separated by commas. */
  status?: string;
  appId?: string;
  /** Within the type, the URL, the error, or an id. */
  text?: string;
}

/** Whether an item is shown. A gap is always shown. */
export function matches({ status, appId, text }: FeedFilter, row: FeedRow): boolean {
  if (row.kind === 'gap') return true;
  const { item } = row;
  if (status !== undefined && !status.split(',').includes(item.status)) return false;
  if (appId !== undefined && item.projectId !== appId) return false;
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  return [item.eventType, item.targetUrl, item.errorMessage, item.id, item.deliveryId, item.eventId].some(
    (value) => value?.toLowerCase().includes(wanted),
  );
}

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; reason: string }
  | { state: 'refused'; reason: string };

/** The word and the tone of the pill that says how the feed is. */
export function pillOf(
  connection: Connection,
  isPaused: boolean,
): { state: string; word: string; tone: 'ok' | 'warning' | 'danger' | 'neutral' | 'info' } {
  switch (connection.state) {
    case 'connecting':
      return { state: 'pending', word: 'connecting', tone: 'info' };
    case 'reconnecting':
      return { state: 'retrying', word: 'reconnecting', tone: 'warning' };
    case 'refused':
      return { state: 'rejected', word: 'refused', tone: 'danger' };
    case 'live':
      return isPaused
        ? { state: 'paused', word: 'paused', tone: 'neutral' }
        : { state: 'active', word: 'live', tone: 'ok' };
  }
}
